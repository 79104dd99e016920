// unfold_gradient: dx[o, l, i] = sum of dy[o, w, i, k] over all windows w and their places k with
//                  w step + k dilation = l + before.
//
// Layout    dy: [outer, count, inner, size]; dx: [outer, length, inner]; before dx stand `before` elements that are
//           not kept, and what lies behind it is not kept either.
// Work      one invocation per element of dx. No barriers.
// Memory    reads dy once, writes dx once.
// Numerics  f32; sums in order of w. An element in no window gets 0.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  total: u32, // elements of dx
  count: u32,
  inner: u32,
  size: u32,
  step: u32,
  dilation: u32,
  reach: u32, // of a window: dilation * (size - 1) + 1, or 0 for size 0
  before: u32,
  length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.total) {
    return;
  }
  let i = index % params.inner;
  let slab = index / params.inner;
  let l = slab % params.length + params.before;
  let outer = slab / params.length;

  // The windows that begin at l - reach + 1 … l.
  let end = min(l / params.step + 1u, params.count);
  var w = 0u;
  if (l >= params.reach) {
    w = (l - params.reach) / params.step + 1u;
  }
  var total = 0.0;
  for (; w < end; w++) {
    let line = (outer * params.count + w) * params.inner + i;
    let rest = l - w * params.step;
    let k = rest / params.dilation;
    if (k * params.dilation == rest) {
      total += load_dy(line * params.size + k);
    }
  }
  store_dx(index, total);
}
