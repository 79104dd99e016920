// gather_gradient_scan: dx[o, s, i] = sum of dy[o, j, i] over all j with index[o, j, i] = s.
//
// Layout    dy, index (i32): [outer, count, inner]; dx: [outer, size, inner]; other indices add nowhere.
// Work      one invocation per 8 neighbouring s of one (o, i): it looks at all count indices and adds up the hits.
// Memory    reads index ceil(size / 8) times and dy once per hit, neighbouring invocations the same or neighbouring
//           elements; writes dx once. The time grows with outer * inner * count * ceil(size / 8): 10^9 such looks are
//           some 10 ms on a large GPU, and seconds on a software adapter.
// Numerics  f32; sums in order of j. No atomics.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // outer * blocks * inner
  blocks: u32, // ceil(size / 8)
  size: u32,
  count: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_index(i: u32) -> i32 {
  return index[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

fn one_of_four(place: u32, v: f32) -> vec4<f32> {
  return select(vec4<f32>(), vec4<f32>(v), vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(place));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  if (invocation >= params.invocations) {
    return;
  }
  let inner = params.inner;
  let i = invocation % inner;
  let slab = invocation / inner;
  let outer = slab / params.blocks;
  let first = slab % params.blocks * 8u;

  var lower = vec4<f32>();
  var upper = vec4<f32>();
  var at = outer * params.count * inner + i;
  for (var j = 0u; j < params.count; j++) {
    // An index before `first` becomes a number above 8.
    let place = u32(load_index(at)) - first;
    if (place < 8u) {
      let v = load_dy(at);
      lower += one_of_four(place, v);
      upper += one_of_four(place - 4u, v);
    }
    at += inner;
  }

  let room = params.size - first;
  let start = (outer * params.size + first) * inner + i;
  store_dx(start, lower.x);
  if (room > 1u) {
    store_dx(start + inner, lower.y);
  }
  if (room > 2u) {
    store_dx(start + 2u * inner, lower.z);
  }
  if (room > 3u) {
    store_dx(start + 3u * inner, lower.w);
  }
  if (room > 4u) {
    store_dx(start + 4u * inner, upper.x);
  }
  if (room > 5u) {
    store_dx(start + 5u * inner, upper.y);
  }
  if (room > 6u) {
    store_dx(start + 6u * inner, upper.z);
  }
  if (room > 7u) {
    store_dx(start + 7u * inner, upper.w);
  }
}
