// The slow path that defines what is right: every node in float64 on the CPU, by its record's reference.

import { assert, assertPresent } from "../base/assert.ts";
import { isFloating, roundToDtype } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { contiguousLayout, layoutIndices } from "../tensor/layout.ts";
import { isSameShape } from "../tensor/shape.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";
import type { ElementwiseRecord, PasteRecord, ViewRecord } from "./op.ts";

/** The value of every node of `graph` in float64, given those of its inputs. */
export function evaluate(graph: Graph, feeds: ReadonlyMap<Node, HostArray>): Map<Node, HostArray> {
  const values = new Map<Node, HostArray>();
  for (const node of graph.nodes) {
    const value =
      feeds.get(node) ?? evaluateNode(node, (input) => assertPresent(values.get(input), "an input's value"));
    assert(isSameShape(value.shape, node.shape), `${node.op.name}: the reference gives another shape`);
    values.set(node, value);
  }
  return values;
}

/** One node's value, given its inputs'. */
export function evaluateNode(node: Node, inputValue: (input: Node) => HostArray): HostArray {
  const inputs = node.inputs.map(inputValue);
  const { op } = node;
  switch (op.kind) {
    case "source": {
      const value = assertPresent(op.constant(node.attrs), "the value of a fed input");
      return { shape: node.shape, data: hostZeros(node.shape).data.fill(value) };
    }
    case "view":
      return evaluateView(op, node, inputs[0]);
    case "paste":
      return evaluatePaste(op, node, inputs);
    case "elementwise":
      return evaluateElementwise(op, node, inputs);
    case "kernel":
      return op.reference(inputs, node.attrs);
  }
}

function evaluateView(op: ViewRecord, node: Node, input: HostArray): HostArray {
  const layout = assertPresent(
    op.layout(contiguousLayout(input.shape), node.attrs),
    "a view of a contiguous tensor",
  );
  const data = Float64Array.from(layoutIndices(layout), (index) => input.data[index]);
  return { shape: node.shape, data };
}

function evaluatePaste(op: PasteRecord, node: Node, inputs: readonly HostArray[]): HostArray {
  const result = hostZeros(node.shape);
  const places = op.places(node.inputs, node.attrs);
  inputs.forEach(({ data }, k) => {
    layoutIndices(places[k]).forEach((index, i) => {
      result.data[index] = data[i];
    });
  });
  return result;
}

function evaluateElementwise(op: ElementwiseRecord, node: Node, inputs: readonly HostArray[]): HostArray {
  const result = hostZeros(node.shape);
  const operands = op.operands(node.inputs, node.attrs);
  for (let i = 0; i < result.data.length; i++) {
    const args = inputs.map(({ data }, k) => exactInteger(data[i], operands[k]));
    result.data[i] = exactInteger(op.reference(args, node.attrs, i), node.dtype);
  }
  return result;
}

/** Integers and bools as their dtype holds them; floats stay float64. */
function exactInteger(value: number, dtype: Node["dtype"]): number {
  return isFloating(dtype) ? value : roundToDtype(value, dtype);
}
