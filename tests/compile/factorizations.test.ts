// How large factorisations and the CTC loss become dispatches.

import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import type { DeviceProfile } from "../../src/kernels/kernel.ts";
import { cholesky, ctcLoss, logSoftmax, solveTriangular } from "../../src/ops/index.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

const f32 = (...shape: number[]) => inputNode(shape, "f32");
const i32 = (...shape: number[]) => inputNode(shape, "i32");

/** How often each op and kernel is launched. */
function launches(roots: readonly (Node | undefined)[], device: DeviceProfile): Record<string, number> {
  const { dispatches } = compileGraph(makeGraph(roots.filter((node) => node !== undefined)), device);
  const counts: Record<string, number> = {};
  for (const { label } of dispatches) {
    const name = label.replace(/#\d+.*/, "");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("a large matrix is factored by halves", () => {
  expect(launches([cholesky(f32(512, 512))], gpuProfile)).toMatchInlineSnapshot(`
    {
      "cholesky+copy/cholesky_tiled": 4,
      "cholesky/cholesky_tiled": 4,
      "copy/elementwise_map": 20,
      "matmul+sub/matmul_tiled32": 12,
      "solveTriangular+copy+copy/solve_triangular_tiled": 2,
      "solveTriangular/solve_triangular_tiled": 10,
    }
  `);
});

test("a large system is solved by halves", () => {
  expect(
    launches([solveTriangular(f32(512, 512), f32(512, 64), { upper: true })], gpuProfile),
  ).toMatchInlineSnapshot(`
    {
      "matmul+sub/matmul_tiled32": 7,
      "solveTriangular+copy+copy+copy/solve_triangular_tiled": 2,
      "solveTriangular+copy+copy/solve_triangular_tiled": 4,
      "solveTriangular/solve_triangular_tiled": 2,
    }
  `);
});

test.each([
  ["gpu", gpuProfile, "rows"],
  ["fallback", fallbackProfile, "serial"],
])("the CTC loss takes as many launches however long time is: %s", (_kind, device, how) => {
  const trained = (time: number) => {
    const logits = f32(time, 32, 29);
    const loss = ctcLoss(logSoftmax(logits), i32(32, 20), i32(32), i32(32));
    return launches([loss, ...differentiate(loss, constantNode(1, "f32"), [logits])], device);
  };
  expect(trained(100)).toEqual(trained(3));
  expect(trained(100)).toEqual({
    "logSoftmax/softmax_rows_serial": 1,
    // The label of each state, and its log-probability at each step.
    "arange+bitwiseRightShift+minimum+2 more/elementwise_map": 1,
    "gather+where/gather_forward": 1,
    "gather/gather_forward": 1,
    [`ctcPaths/ctc_forward_${how}`]: 1,
    "sum+mul/reduce_rows_serial": 1,
    // Back again.
    "maximum+cast+div+2 more/elementwise_map": 1,
    "embed/embed_slices": 1,
    [`ctcPathsGradient/ctc_gradient_${how}`]: 1,
    "gatherGradient/gather_gradient_scan": 1,
    "sum/reduce_rows_serial": 1,
    "exp+mul+sub/elementwise_map": 1,
  });
});
