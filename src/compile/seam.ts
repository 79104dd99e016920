// Reading a shader's seam: which access functions a kernel wants, and putting others in their place.

import { assert } from "../base/assert.ts";
import type { Kernel } from "../kernels/kernel.ts";

/** An access function that the shader calls. */
export interface SeamFunction {
  readonly port: string;
  readonly access: "load" | "store";
  readonly width: 1 | 4;
  /** The WGSL scalar type that the shader sees. */
  readonly scalar: "f32" | "i32" | "u32";
}

const BEGIN = "// seam\n";
const END = "// end of seam\n";
const FUNCTION = /fn (load|store)_(\w+?)(4?)\(i: u32(?:, v: ([\w<>]+))?\)(?: -> ([\w<>]+))?/g;

/** The access functions between the seam's marks. */
export function seamFunctions(kernel: Kernel): SeamFunction[] {
  return [...seamText(kernel).matchAll(FUNCTION)].map(([, access, port, wide, stored, loaded]) => {
    const scalar = (stored ?? loaded).replace(/^vec4<(\w+)>$/, "$1");
    assert(
      scalar === "f32" || scalar === "i32" || scalar === "u32",
      `${kernel.name}: a seam function of ${scalar}`,
    );
    assert(
      access === "load" || access === "store",
      `${kernel.name}: a seam function that is neither load nor store`,
    );
    return { access, port, width: wide === "4" ? 4 : 1, scalar };
  });
}

/** The shader's text with `seam` in the place of its own. */
export function replaceSeam(kernel: Kernel, seam: string): string {
  return kernel.source.replace(BEGIN + seamText(kernel) + END, () => seam);
}

function seamText({ name, source }: Kernel): string {
  const from = source.indexOf(BEGIN);
  const to = source.indexOf(END);
  assert(from >= 0 && to > from, `${name}.wgsl has no seam`);
  return source.slice(from + BEGIN.length, to);
}
