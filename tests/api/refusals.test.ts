// What every op refuses alike: tensors that are gone, that belong to a compiled function that has returned or to another
// engine, and what is no tensor at all. What each op refuses besides stands in its own test.

import { describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { createEngine, type Engine } from "../../src/api/engine.ts";
import { type Tensor, zeros } from "../../src/api/tensor.ts";
import { DisposedError, UsageError } from "../../src/base/errors.ts";
import * as ops from "../../src/ops/index.ts";
import { type Dtype, isFloating } from "../../src/tensor/dtype.ts";
import type { InputSpec } from "../ops/opCase.ts";
import { opTableNames, oracleCases } from "../oracle/opTables.ts";
import { stubDevice } from "../setup/stubDevice.ts";
import { type OwnOp, ownOps } from "./ownOps.ts";

/** Every error of the package reads so. */
const SENTENCE = /^[\w.]+: .+; .+\.$/s;

const noTensors: readonly (readonly [what: string, value: unknown])[] = [
  ["of type undefined", undefined],
  ["null", null],
  ["of type string", "x"],
  ["an array", [1, 2]],
];

const cases = [...(await Promise.all(opTableNames.map(oracleCases))).flat(), ...ownOps];
const engine = await createEngine({ device: stubDevice().device });
const other = await createEngine({ device: stubDevice().device });
const names = [...new Set(cases.map(({ op }) => op))];

test("all ops are asked", () => {
  expect(names.toSorted()).toEqual(Object.keys(ops).toSorted());
});

describe.each(names)("%s refuses", (name) => {
  // The case with most tensors: options such as weights are inputs, too.
  const [one] = cases.filter(({ op }) => op === name).sort((a, b) => b.inputs.length - a.inputs.length);
  const places = [...one.inputs.keys()];

  test.each(places)("input %i when it was disposed", (place) => {
    const inputs = one.inputs.map((spec) => make(spec, engine));
    inputs[place].dispose();
    expect(refusal(one, inputs, DisposedError)).toMatch(/ was disposed; use it before dispose\(\)\.$/);
  });

  test.each(places)("input %i of a compiled function that has returned", (place) => {
    const inputs = one.inputs.map((spec) => make(spec, engine));
    inputs[place] = escaped(one.inputs[place], engine);
    expect(refusal(one, inputs, UsageError)).toMatch(
      /: the tensor belongs to a compiled function that has returned; return it from the function to use it outside\.$/,
    );
  });

  // meshgrid mixes nothing: each of its grids is of one tensor.
  const mixed = places.length > 1 && name !== "meshgrid" ? places : [];
  test.each(mixed)("input %i of another engine", (place) => {
    const inputs = one.inputs.map((spec, index) => make(spec, index === place ? other : engine));
    expect(refusal(one, inputs, UsageError)).toMatch(/: its inputs are of two engines; move one over with /);
  });

  describe.each(places)("input %i", (place) => {
    // Inputs after the first may be left out, where they are options.
    test.each(place === 0 ? noTensors : noTensors.slice(1))("that is %s", (what, value) => {
      const inputs: unknown[] = one.inputs.map((spec) => make(spec, engine));
      inputs[place] = value;
      expect(refusal(one, inputs as Tensor[], UsageError)).toMatch(
        new RegExp(`^\\w+: [\\w ]+ is ${what}; it must be a tensor( or a number)?\\.$`),
      );
    });
  });
});

/** A tensor for an input of a case; on devices without f16 in f32. */
function make({ shape, dtype = "f32" }: InputSpec, engine: Engine): Tensor {
  const own: Dtype = isFloating(dtype) ? "f32" : dtype;
  return zeros(shape, { dtype: own, engine });
}

/** A tensor that a compiled function made and did not return. */
function escaped(spec: InputSpec, engine: Engine): Tensor {
  const found: Tensor[] = [];
  const keep = compile(
    (x: Tensor) => {
      found.push(ops.detach(x));
      return ops.add(x, 1);
    },
    { engine },
  );
  keep(make(spec, engine));
  return found[0];
}

/** What the op says of `inputs`, in an error of that class. */
function refusal(
  { apply }: Pick<OwnOp, "apply">,
  inputs: readonly Tensor[],
  kind: new (message: string) => UsageError,
): string {
  try {
    apply(...inputs);
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
    const text = error instanceof Error ? error.message : "";
    expect(text).toMatch(SENTENCE);
    return text;
  }
  throw new Error("nothing was thrown");
}
