// Which launch computes a kernel node: the one by default, or the one that the device's table of choices names.
//
// Decides: how a choice is looked up, and that a name which no candidate has counts for nothing.
// Leaves to others: where the table comes from (api/tuning.ts).

import type { Node } from "../graph/node.ts";
import { type Choices, KEEP_DEFAULT } from "../kernels/choice.ts";
import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import type { PlanChoice } from "./plan.ts";

/** A launch, and what was chosen where there was a choice. */
export interface ChosenLaunch {
  readonly dispatch: Dispatch;
  readonly choice: PlanChoice | undefined;
}

/** The launches of a node from which `device` may choose, by a key that includes the dtypes; undefined for one alone. */
export function choicesFor({ op, inputs, attrs, dtype }: Node, device: DeviceProfile): Choices | undefined {
  const choices = op.kind === "kernel" ? op.choices?.(inputs, attrs, device) : undefined;
  if (choices === undefined) return undefined;
  const dtypes = [...inputs.map((input) => input.dtype), dtype].join(",");
  return { ...choices, key: `${choices.key} ${dtypes}` };
}

/** How `node` is computed on `device`; undefined for a node without a kernel. */
export function launchOf(node: Node, device: DeviceProfile): ChosenLaunch | undefined {
  const { op, inputs, attrs } = node;
  if (op.kind !== "kernel") return undefined;
  const choices = choicesFor(node, device);
  if (choices === undefined) return { dispatch: op.dispatch(inputs, attrs, device), choice: undefined };
  const { key, candidates } = choices;
  const wanted = device.choices?.[key];
  const found = candidates.find(({ name }) => name === wanted?.name);
  if (wanted === undefined || found === undefined || wanted.name === KEEP_DEFAULT) {
    const [{ name, dispatch }] = candidates;
    return { dispatch, choice: { key, name, from: "default" } };
  }
  return { dispatch: found.dispatch, choice: { key, name: found.name, from: wanted.from } };
}
