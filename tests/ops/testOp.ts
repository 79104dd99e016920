// One op's test, from a table of cases. Without a GPU: known values of the reference, shapes, and the gradient rules
// against central differences, all in float64. With one: values and gradients of both kernel profiles against the reference.

import { describe, expect, test } from "vitest";
import type { UsageError } from "../../src/base/errors.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkGradient, checkReference, checkSecondGradient, type OpCase } from "./opCase.ts";

/** Registers the tests of `name` for the side (with or without GPU) that is running. */
export function testOp(name: string, cases: readonly OpCase[]): void {
  describe(name, () => {
    for (const opCase of cases) {
      if (!__GPU__) testReference(opCase);
      else if (opCase.referenceOnly === undefined) test(`${opCase.name}: GPU`, () => checkOnGpu([opCase]));
    }
  });
}

function testReference(opCase: OpCase): void {
  const { name, withoutGradient, secondGradient } = opCase;
  test(`${name}: reference`, () => checkReference(opCase));
  if (withoutGradient) return;
  test(`${name}: gradient rule`, () => checkGradient(opCase));
  if (secondGradient) test(`${name}: gradient of the gradient`, () => checkSecondGradient(opCase));
}

/** What must not be possible, the error's class, and all that it says. */
export interface ErrorCase {
  readonly name: string;
  readonly run: () => unknown;
  readonly error: new (message: string) => UsageError;
  readonly text: string;
}

/** Registers the tests of an op's errors. They are thrown before any GPU is asked, so they need none. */
export function testErrors(op: string, cases: readonly ErrorCase[]): void {
  if (__GPU__) return;
  describe(`${op}: errors`, () => {
    for (const { name, run, error, text } of cases) {
      test(name, () => {
        const caught = errorOf(run);
        expect(caught).toBeInstanceOf(error);
        expect(caught).toHaveProperty("message", text);
      });
    }
  });
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
