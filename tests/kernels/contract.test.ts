// Every shader against its TypeScript half: bindings, Params, overrides and the seam, by wgsl_reflect, without a GPU.

import { describe, expect, test } from "vitest";
import { ResourceType, type VariableInfo, WgslReflect } from "wgsl_reflect";
import { seamFunctions } from "../../src/compile/seam.ts";
import type { Kernel } from "../../src/kernels/kernel.ts";

function isKernel(value: unknown): value is Kernel {
  return typeof value === "object" && value !== null && "source" in value && "prologue" in value;
}

const modules: Record<string, Record<string, unknown>> = import.meta.glob("../../src/kernels/*.ts", {
  eager: true,
});
const kernels = Object.values(modules).flatMap((module) => Object.values(module).filter(isKernel));

/** What is wrong between a shader and its record, in words. */
function contractFaults(kernel: Kernel): string[] {
  const faults: string[] = [];
  const reflect = new WgslReflect(kernel.source);
  const claim = (what: string, actual: unknown, expected: unknown) => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== b) faults.push(`${what}: the shader has ${a}, the record ${b}`);
  };
  const written = kernel.byproduct === undefined ? [kernel.output] : [kernel.output, kernel.byproduct];
  const bindings = [...reflect.uniforms, ...reflect.storage].sort((a, b) => a.binding - b.binding);
  claim("bindings", bindings.map(describeBinding), [
    "0 params uniform",
    ...kernel.inputs.map((name, index) => `${index + 1} ${name} read`),
    ...written.map((name, index) => `${kernel.inputs.length + 1 + index} ${name} read_write`),
  ]);
  const params = reflect.structs.find(({ name }) => name === "Params");
  claim(
    "Params",
    params?.members.map(({ name, type }) => [name, type.name]),
    Object.entries(kernel.params),
  );
  claim("overrides", reflect.overrides.map(({ name }) => name).sort(), [...kernel.constants].sort());
  claim(
    "entry points",
    reflect.entry.compute.map(({ name }) => name),
    ["main"],
  );
  const ports = seamFunctions(kernel);
  const loaded = new Set(ports.filter(({ access }) => access === "load").map(({ port }) => port));
  const stored = new Set(ports.filter(({ access }) => access === "store").map(({ port }) => port));
  claim("ports loaded", [...loaded].sort(), [...kernel.inputs].sort());
  claim("ports stored", [...stored], written);
  for (const port of kernel.prologue) {
    if (!kernel.inputs.includes(port)) faults.push(`prologue names ${port}, which is no input`);
  }
  const outside = kernel.source.replace(/\/\/ seam\n[\s\S]*\/\/ end of seam\n/, "").replace(/\/\/.*$/gm, "");
  for (const port of [...kernel.inputs, ...written]) {
    if (new RegExp(`\\b${port}\\s*\\[`).test(outside)) faults.push(`${port} is touched outside of the seam`);
  }
  return faults;
}

function describeBinding({ binding, group, name, access, resourceType }: VariableInfo): string {
  const how = resourceType === ResourceType.Uniform ? "uniform" : access;
  return `${group === 0 ? "" : `group ${group} `}${binding} ${name} ${how}`;
}

describe("contract", () => {
  test("there are kernels to check", () => {
    expect(kernels.length).toBeGreaterThan(20);
    expect(new Set(kernels.map(({ name }) => name)).size).toBe(kernels.length);
  });

  test.each(kernels.map((kernel) => [kernel.name, kernel] as const))("%s", (_name, kernel) => {
    expect(contractFaults(kernel)).toEqual([]);
  });

  test("a swapped binding, a lost parameter, an unknown override or a leaking port would be seen", () => {
    const [kernel] = kernels.filter(
      ({ inputs, params }) => inputs.length === 2 && Object.keys(params).length > 1,
    );
    const [first, second] = kernel.inputs;
    const [lost, ...rest] = Object.entries(kernel.params);
    expect(contractFaults({ ...kernel, inputs: [second, first] })).not.toEqual([]);
    expect(contractFaults({ ...kernel, params: Object.fromEntries(rest) })[0]).toContain(lost[0]);
    expect(contractFaults({ ...kernel, constants: [...kernel.constants, "NOT_THERE"] })).not.toEqual([]);
    const leaking = kernel.source.replace(
      "// end of seam\n",
      `// end of seam\nfn leak() -> f32 { return ${first}[0]; }\n`,
    );
    expect(contractFaults({ ...kernel, source: leaking })).toEqual([
      `${first} is touched outside of the seam`,
    ]);
  });
});
