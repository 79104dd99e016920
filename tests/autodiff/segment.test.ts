// Segments that are computed again: the same values and gradients in float64, later in the plan, in less memory.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { markSegment } from "../../src/autodiff/segment.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { type Plan, printPlan } from "../../src/compile/plan.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import {
  add,
  dropoutWith,
  gelu,
  layerNorm,
  matmul,
  mul,
  permute,
  relu,
  reshape,
  scaledDotProductAttention,
  slice,
  square,
  sub,
  sum,
  tanh,
  transpose,
} from "../../src/ops/index.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";
import { allowedError } from "../setup/tolerances.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");
const u32 = () => inputNode([], "u32");

/** How a part of a graph is built: as it stands, or as a segment. */
type Part = (build: () => Node[]) => Node[];
const plain: Part = (build) => build();
const again: Part = (build) => {
  const before = constantNode(0, "f32").id;
  return markSegment(build(), before);
};

/** The same small numbers for the same leaf, whatever graph it is in. */
function valuesOf(outputs: readonly Node[]): number[][] {
  const graph = makeGraph(outputs);
  const feeds = new Map(
    graph.inputs.map((node) => {
      const value = (_: unknown, i: number) =>
        node.dtype === "u32" ? 7 : Math.sin(3 * i + node.shape.length + 1);
      return [
        node,
        { shape: node.shape, data: Float64Array.from({ length: elementCount(node.shape) }, value) },
      ];
    }),
  );
  const values = evaluate(graph, feeds);
  return outputs.map((node) => [...(values.get(node)?.data ?? [])]);
}

const one = (y: Node) => constantNode(1, "f32", y.shape);

function gradientsOf(y: Node, wrt: readonly Node[]): Node[] {
  return differentiate(y, one(y), wrt).map((node) => node ?? constantNode(Number.NaN, "f32"));
}

/** Each builds a loss out of leaves, with a part in the middle. */
const graphs: Record<string, { leaves: () => Node[]; loss: (leaves: readonly Node[], part: Part) => Node }> =
  {
    "two layers": {
      leaves: () => [f32(4, 3), f32(3, 5), f32(5, 2)],
      loss: ([x, first, second], part) => {
        const [y] = part(() => [matmul(tanh(matmul(x, first)), second)]);
        return sum(square(y));
      },
    },
    "dropout, whose mask is the same": {
      leaves: () => [f32(8, 8), f32(8, 8), u32(), u32(), u32()],
      loss: ([x, w, seed, stream, step], part) => {
        const [y] = part(() => [square(dropoutWith(tanh(matmul(x, w)), { seed, stream, step }, 0.5))]);
        return sum(y);
      },
    },
    "two ends that share work": {
      leaves: () => [f32(3, 3), f32(3, 3)],
      loss: ([x, w], part) => {
        const [a, b] = part(() => {
          const shared = tanh(matmul(x, w));
          return [square(shared), mul(shared, x)];
        });
        return sum(mul(a, sub(b, a)));
      },
    },
    "one of two ends that is used": {
      leaves: () => [f32(3, 3), f32(3, 3)],
      loss: ([x, w], part) => {
        const [, b] = part(() => [matmul(x, w), tanh(matmul(w, x))]);
        return sum(square(b));
      },
    },
    "an end that is an input, and one that is twice": {
      leaves: () => [f32(4), f32(4)],
      loss: ([x, y], part) => {
        const [same, a, b] = part(() => {
          const product = mul(x, y);
          return [x, product, product];
        });
        return sum(mul(mul(same, a), add(b, y)));
      },
    },
    "views of what stood before, and of what did not": {
      leaves: () => [f32(2, 6), f32(24)],
      loss: ([x, flat], part) => {
        const [y] = part(() => {
          const w = reshape(slice(flat, { starts: [0], ends: [18] }), [6, 3]);
          return [matmul(transpose(tanh(x)), matmul(reshape(x, [2, 6]), w))];
        });
        return sum(square(y));
      },
    },
    "a segment within a segment": {
      leaves: () => [f32(3, 3), f32(3, 3)],
      loss: ([x, w], part) => {
        const layer = (y: Node) => tanh(matmul(y, w));
        const [y] = part(() => part(() => [layer(layer(x))]).map(layer));
        return sum(square(y));
      },
    },
    "segments in a row": {
      leaves: () => [f32(3, 3), f32(3, 3)],
      loss: ([x, w], part) => {
        let y = x;
        for (let index = 0; index < 3; index++) [y] = part(() => [add(y, tanh(matmul(y, w)))]);
        return sum(square(y));
      },
    },
  };

describe.each(Object.entries(graphs))("%s", (_name, { leaves, loss }) => {
  const all = leaves();
  const wrt = all.filter(({ dtype }) => dtype === "f32");
  const lossWith = (part: Part) => loss(all, part);

  test("loss and gradients are the same", () => {
    const [kept, repeated] = [plain, again].map((part) => {
      const y = lossWith(part);
      return valuesOf([y, ...gradientsOf(y, wrt)]);
    });
    expect(repeated).toEqual(kept);
    expect(repeated.flat().every(Number.isFinite)).toBe(true);
  });

  test("so are gradients of gradients", () => {
    const [kept, repeated] = [plain, again].map((part) => {
      const y = lossWith(part);
      const first = gradientsOf(y, wrt);
      const length = first.map((node) => sum(square(node))).reduce((a, b) => add(a, b));
      return valuesOf(gradientsOf(length, wrt)).flat();
    });
    expect(repeated.length).toBe(kept.length);
    repeated.forEach((value, index) => {
      const comparison = { expected: kept[index], input: 0, magnitude: 0 };
      const allowed = allowedError({ family: "arithmetic", ulps: 3 }, comparison);
      expect(Math.abs(value - kept[index])).toBeLessThanOrEqual(allowed);
    });
  });

  test("without a gradient the plan is the one without segments", () => {
    const [kept, repeated] = [plain, again].map((part) => {
      return printPlan(compileGraph(makeGraph([lossWith(part)]), gpuProfile));
    });
    expect(repeated).toBe(kept);
  });
});

test("what a gradient asks for is computed again once, beginnings are not", () => {
  const [x, w] = [f32(8, 8), f32(8, 8)];
  const countOf = (part: Part) => {
    const start = tanh(matmul(x, w));
    const [y] = part(() => [square(tanh(matmul(start, w)))]);
    const loss = sum(y);
    const { dispatches } = compileGraph(makeGraph([loss, ...gradientsOf(loss, [x, w])]), gpuProfile);
    return dispatches.filter(({ label }) => label.startsWith("matmul+tanh")).length;
  };
  expect([countOf(plain), countOf(again)]).toEqual([2, 3]);
});

describe.each([gpuProfile, fallbackProfile])("deep networks, $kind kernels", (profile) => {
  const planOf = (build: (part: Part) => { loss: Node; wrt: Node[] }, part: Part): Plan => {
    const { loss, wrt } = build(part);
    return compileGraph(makeGraph([loss, ...gradientsOf(loss, wrt)]), profile);
  };

  function deepNetwork(part: Part) {
    const weights = Array.from({ length: 24 }, () => f32(32, 32));
    let y = f32(512, 32);
    for (let block = 0; block < 6; block++) {
      [y] = part(() => {
        let inner = y;
        for (const w of weights.slice(4 * block, 4 * block + 4)) inner = relu(matmul(inner, w));
        return [inner];
      });
    }
    return { loss: sum(square(y)), wrt: weights };
  }

  test("a multilayer perceptron needs less memory, for one more forward pass", () => {
    const kept = planOf(deepNetwork, plain);
    const repeated = planOf(deepNetwork, again);
    expect(repeated.ownBytes).toBeLessThan(0.6 * kept.ownBytes);
    const flops = ({ dispatches }: Plan) => dispatches.reduce((total, { flops }) => total + flops, 0);
    const forward = 24 * 2 * 512 * 32 * 32;
    expect(flops(repeated) - flops(kept)).toBeGreaterThan(0.7 * forward);
    expect(flops(repeated) - flops(kept)).toBeLessThan(1.1 * forward);
  });

  test("a transformer with parameters that are updated at the end needs less memory", () => {
    const [width, tokens, heads] = [32, 256, 2];
    const build = (part: Part) => {
      const wrt: Node[] = [];
      const weight = (...shape: number[]) => {
        const node = f32(...shape);
        wrt.push(node);
        return node;
      };
      const block = (x: Node) => {
        const normed = layerNorm(x, [width], { weight: weight(width), bias: weight(width) });
        const all = matmul(normed, weight(width, 3 * width));
        const [q, k, v] = [0, 1, 2].map((index) => {
          const own = slice(all, { starts: [0, 0, index * width], ends: [1, tokens, (index + 1) * width] });
          return permute(reshape(own, [1, tokens, heads, width / heads]), [0, 2, 1, 3]);
        });
        const mixed = permute(scaledDotProductAttention(q, k, v, { causal: true }), [0, 2, 1, 3]);
        const y = add(x, matmul(reshape(mixed, [1, tokens, width]), weight(width, width)));
        return add(y, matmul(gelu(matmul(y, weight(width, 4 * width))), weight(4 * width, width)));
      };
      let y = f32(1, tokens, width);
      for (let index = 0; index < 8; index++) [y] = part(() => [block(y)]);
      return { loss: sum(square(y)), wrt };
    };
    const kept = planOf(build, plain);
    const repeated = planOf(build, again);
    expect(repeated.ownBytes).toBeLessThan(0.6 * kept.ownBytes);
  });
});
