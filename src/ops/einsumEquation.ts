// The equations of einsum: text in, names of axes out.
//
// Decides: what an equation may say. Axes that an ellipsis stands for are named "…1", "…2", … from the last, so that those
// of all operands go together aligned at the end.

import { ShapeError, UsageError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import { printShape, type Shape } from "../tensor/shape.ts";

/** The names of the axes of each operand and of the result, and how large each is. */
export interface EinsumPlan {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

/** Throws UsageError for what is no equation, ShapeError where it does not fit `shapes`. */
export function parseEinsum(equation: string, shapes: readonly Shape[]): EinsumPlan {
  const text = equation.replaceAll(" ", "");
  const [left, right, ...rest] = text.split("->");
  if (rest.length > 0) throw new UsageError(`einsum: "${equation}" has more than one "->"; it may have one.`);
  const terms = left.split(",");
  if (terms.length !== shapes.length) {
    throw new UsageError(
      `einsum: "${equation}" has ${terms.length} operands and ${shapes.length} are given; there must be as many.`,
    );
  }
  const operands = terms.map((term, index) => axesOf(term, shapes[index], index));
  const sizes = sizesOf(equation, operands, shapes);
  return { operands, output: outputOf(equation, right, operands), sizes };
}

function requireTerm(term: string): void {
  if (/^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term)) return;
  throw new UsageError(`einsum: "${term}"; it must be letters, with at most one "...".`);
}

function axesOf(term: string, shape: Shape, index: number): string[] {
  requireTerm(term);
  const [before, after] = term.split("...");
  const covered = shape.length - before.length - (after ?? "").length;
  if (covered < 0 || (after === undefined && covered > 0)) {
    throw new ShapeError(
      `einsum: operand ${index} is ${printShape(shape)} and "${term}"; there must be a letter for each axis, or "...".`,
    );
  }
  return [...before, ...ellipsis(covered), ...(after ?? "")];
}

/** The names of `count` axes that an ellipsis stands for. */
function ellipsis(count: number): string[] {
  return range(0, count).map((place) => `…${count - place}`);
}

/** How large each axis is: a size of 1 goes with any other. But of one operand's own axes of one name it does not. */
function sizesOf(
  equation: string,
  operands: readonly (readonly string[])[],
  shapes: readonly Shape[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  operands.forEach((names, index) => {
    names.forEach((name, axis) => {
      const size = shapes[index][axis];
      const own = shapes[index][names.indexOf(name)];
      const known = own === size ? (sizes.get(name) ?? 1) : own;
      if (own !== size || (known !== size && known !== 1 && size !== 1)) {
        throw new ShapeError(
          `einsum: "${name}" of "${equation}" is ${known} and ${size}; an axis must have one size, or 1.`,
        );
      }
      sizes.set(name, known === 1 ? size : known);
    });
  });
  return sizes;
}

function outputOf(
  equation: string,
  given: string | undefined,
  operands: readonly (readonly string[])[],
): string[] {
  const all = operands.flat();
  const covered = ellipsis(new Set(all.filter((name) => name.startsWith("…"))).size);
  if (given === undefined) {
    const letters = all.filter((name) => !name.startsWith("…"));
    return [...covered, ...letters.filter((name) => all.indexOf(name) === all.lastIndexOf(name)).sort()];
  }
  requireTerm(given);
  const [before, after] = given.split("...");
  const letters = [...before, ...(after ?? "")];
  const unknown = letters.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`einsum: "${unknown}" of the result is in no operand of "${equation}"; it must be.`);
  }
  if (new Set(letters).size !== letters.length) {
    throw new UsageError(`einsum: the result of "${equation}" has a letter twice; each may stand once.`);
  }
  return after === undefined ? letters : [...before, ...covered, ...after];
}
