// gather_forward: y[o, j, i] = x[o, index[o, j, i], i]; NaN where the index is outside 0 ... size - 1.
//
// Layout    x: [outer, size, inner]; index: i32 [outer, count, inner]; y: [outer, count, inner].
// Work      one invocation per element of y.
// Memory    reads index once and x once per element of y, wherever it lies; writes y once.
// Numerics  exact.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  total: u32, // outer * count * inner
  size: u32,
  inner: u32,
  slab: u32, // count * inner
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_index(i: u32) -> i32 {
  return index[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

fn not_a_number() -> f32 {
  var bits = 0x7fc00000u; // a constant expression may not be NaN
  return bitcast<f32>(bits);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  if (i >= params.total) {
    return;
  }
  let at = u32(load_index(i)); // a negative index becomes one above every size
  if (at < params.size) {
    store_y(i, load_x((i / params.slab * params.size + at) * params.inner + i % params.inner));
  } else {
    store_y(i, not_a_number());
  }
}
