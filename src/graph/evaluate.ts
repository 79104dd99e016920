// The slow path that defines what is right: every node in float64 on the CPU, by its record's reference.
//
// Nothing that a page runs imports it: the library is built without it, and without the references of kernel ops.

import { assert, assertPresent } from "../base/assert.ts";
import { type Dtype, isFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { contiguousLayout, layoutIndices } from "../tensor/layout.ts";
import { isSameShape } from "../tensor/shape.ts";
import { elementValue, exactInteger } from "./elementValue.ts";
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
function evaluateNode(node: Node, inputValue: (input: Node) => HostArray): HostArray {
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
      return wrapped(op.reference(inputs, node.attrs), node.dtype);
  }
}

/** Sums and products of integers, which float64 holds whole, as 32 bits hold them. */
function wrapped({ shape, data }: HostArray, dtype: Dtype): HostArray {
  return isFloating(dtype)
    ? { shape, data }
    : { shape, data: data.map((value) => exactInteger(value, dtype)) };
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
  for (let i = 0; i < result.data.length; i++) {
    const values = inputs.map(({ data }) => data[i]);
    result.data[i] = elementValue(op, node, values, i);
  }
  return result;
}
