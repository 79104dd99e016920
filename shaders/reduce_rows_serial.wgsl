// reduce_rows_serial: y[r] = sum, product, largest or smallest of x[r, l] over l
//
// Layout    x: [rows, length], y: [rows], row-major.
// Work      one invocation per row, four quads at a time; workgroups folded into x and y. No barriers.
// Memory    reads x once.
// Numerics  a sum's error is bounded by (4 + sqrt length) u sum |x|: quads are summed in blocks of about
//           4 * sqrt(length / 16). A NaN is passed on. Of a length of 0: 0, -infinity, infinity or 1.
// Limits    none.

struct Params {
  rows: u32,
  length: u32,
  block: u32, // how many steps are combined before they join the total
  identity: u32, // the bits of the result of nothing: an infinity cannot be written as a literal
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
// 0 adds, 1 takes the larger, 2 the smaller, 3 multiplies. max and min of WGSL may drop a NaN, so it is looked for by its bits.
override KIND: u32 = 0;

fn is_nan(v: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(v) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

fn combine(left: vec4<f32>, right: vec4<f32>) -> vec4<f32> {
  if (KIND == 0u) {
    return left + right;
  }
  if (KIND == 3u) {
    return left * right;
  }
  let best = select(min(left, right), max(left, right), KIND == 1u);
  return select(select(best, left, is_nan(left)), right, is_nan(right));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.length;

  let empty = bitcast<f32>(params.identity);
  var total = vec4<f32>(empty);
  let whole = params.length / 4u * 4u;
  var l = 0u;
  for (; l + 15u < whole;) {
    let stop = min(l + params.block * 16u, whole);
    var part0 = vec4<f32>(empty);
    var part1 = part0;
    var part2 = part0;
    var part3 = part0;
    for (; l + 15u < stop; l += 16u) {
      part0 = combine(part0, load_x4(start + l));
      part1 = combine(part1, load_x4(start + l + 4u));
      part2 = combine(part2, load_x4(start + l + 8u));
      part3 = combine(part3, load_x4(start + l + 12u));
    }
    total = combine(total, combine(combine(part0, part1), combine(part2, part3)));
  }
  for (; l < whole; l += 4u) {
    total = combine(total, load_x4(start + l));
  }
  total = combine(total, total.zwxy);
  total = combine(total, total.yxwz);
  for (l = whole; l < params.length; l++) {
    total = combine(total, vec4<f32>(load_x(start + l)));
  }
  store_y(row, total.x);
}
