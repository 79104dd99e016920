// gather_gradient_split: dx[o, s, i] = sum of dy[o, j, i] over all j with index[o, j, i] = s.
//
// Layout    dy, index (i32): [outer, count, inner]; dx: [outer, size, inner]; other indices add nowhere.
// Work      one workgroup per 8 neighbouring s of one (o, i), for few of them and many indices: each invocation adds
//           up the hits of every 256th j, then a tree adds up the invocations.
// Memory    reads index ceil(size / 8) times and dy once per hit; writes dx once; 8 KiB of workgroup
//           memory. The time grows with outer * inner * count * ceil(size / 8).
// Numerics  f32; the order of the sum follows from the sizes alone. No atomics.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  groups: u32, // outer * blocks * inner
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

const WORKGROUP_SIZE = 256u;

var<workgroup> lowers: array<vec4<f32>, 256>;
var<workgroup> uppers: array<vec4<f32>, 256>;

fn one_of_four(place: u32, v: f32) -> vec4<f32> {
  return select(vec4<f32>(), vec4<f32>(v), vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(place));
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroupId.y * workgroupCount.x + workgroupId.x;
  if (group >= params.groups) {
    return;
  }
  let inner = params.inner;
  let i = group % inner;
  let slab = group / inner;
  let outer = slab / params.blocks;
  let first = slab % params.blocks * 8u;

  var lower = vec4<f32>();
  var upper = vec4<f32>();
  for (var j = lane; j < params.count; j += WORKGROUP_SIZE) {
    let at = (outer * params.count + j) * inner + i;
    // An index before `first` becomes a number above 8.
    let place = u32(load_index(at)) - first;
    if (place < 8u) {
      let v = load_dy(at);
      lower += one_of_four(place, v);
      upper += one_of_four(place - 4u, v);
    }
  }
  lowers[lane] = lower;
  uppers[lane] = upper;
  workgroupBarrier();

  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      lowers[lane] += lowers[lane + span];
      uppers[lane] += uppers[lane + span];
    }
    workgroupBarrier();
  }
  if (lane < min(8u, params.size - first)) {
    let sum = select(uppers[0][lane & 3u], lowers[0][lane & 3u], lane < 4u);
    store_dx((outer * params.size + first + lane) * inner + i, sum);
  }
}
