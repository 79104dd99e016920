// reduce_arg_rows: y[o, i] = the lowest l at which x[o, l, i] is largest over l; smallest with SMALLEST
//
// Layout    x: [outer, length, inner], y: [outer, inner] of i32, row-major.
// Work      one workgroup per element of y, folded into x and y; each invocation walks l with stride WORKGROUP_SIZE.
// Memory    reads x once; 8 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  exact: values are compared as whole numbers. A NaN comes before every number. 0 for a length of 0.
// Limits    WORKGROUP_SIZE is a power of two.

struct Params {
  outputs: u32, // outer * inner
  length: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn store_y(i: u32, v: i32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override SMALLEST: bool = false;

var<workgroup> ranks: array<u32, WORKGROUP_SIZE>;
var<workgroup> places: array<u32, WORKGROUP_SIZE>;

// A number that grows with the value, or falls with it when SMALLEST is set; that of any NaN is the largest there is.
// Both zeros have the same.
fn rank(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return 0xffffffffu;
  }
  let magnitude = bits & 0x7fffffffu;
  let rising = select(0x80000000u + magnitude, 0x80000000u - magnitude, bits >= 0x80000000u);
  return select(rising, 0xfffffffeu - rising, SMALLEST);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if (index >= params.outputs) {
    return;
  }
  let item = index / params.inner;
  let start = item * params.length * params.inner + (index - item * params.inner);

  var best = 0u;
  var place = 0u;
  for (var l = lane; l < params.length; l += WORKGROUP_SIZE) {
    let found = rank(load_x(start + l * params.inner));
    if (found > best) {
      best = found;
      place = l;
    }
  }
  ranks[lane] = best;
  places[lane] = place;
  workgroupBarrier();

  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      let other = lane + span;
      if (ranks[other] > ranks[lane] || (ranks[other] == ranks[lane] && places[other] < places[lane])) {
        ranks[lane] = ranks[other];
        places[lane] = places[other];
      }
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    store_y(index, i32(places[0]));
  }
}
