// reduce_arg_serial: y[o, i] = the lowest l at which x[o, l, i] is largest over l; smallest with SMALLEST
//
// Layout    x: [outer, length, inner], y: [outer, inner] of i32, row-major.
// Work      one invocation per element of y; workgroups folded into x and y. No barriers.
// Memory    reads x once.
// Numerics  exact: values are compared as whole numbers. A NaN comes before every number. 0 for a length of 0.
// Limits    none.

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
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.outputs) {
    return;
  }
  let item = index / params.inner;
  let start = item * params.length * params.inner + (index - item * params.inner);

  var best = 0u;
  var place = 0u;
  for (var l = 0u; l < params.length; l++) {
    let found = rank(load_x(start + l * params.inner));
    if (found > best) {
      best = found;
      place = l;
    }
  }
  store_y(index, i32(place));
}
