// reduce_rows: y[r] = sum, product, largest or smallest of x[r, l] over l
//
// Layout    x: [rows, length], y: [rows], row-major.
// Work      one workgroup per row, folded into x and y; each invocation walks the row in quads with stride
//           WORKGROUP_SIZE.
// Memory    reads x once; 4 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  a sum's error is bounded by (4 + sqrt length) u sum |x|: quads are summed in blocks, lanes in a tree.
//           A NaN is passed on. Of a length of 0: 0, -infinity, infinity or 1.
// Limits    WORKGROUP_SIZE is a power of two.

struct Params {
  rows: u32,
  length: u32,
  block: u32, // how many quads are combined before they join the total
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

var<workgroup> partial: array<f32, WORKGROUP_SIZE>;

fn combine_pair(left: f32, right: f32) -> f32 {
  return combine(vec4<f32>(left), vec4<f32>(right)).x;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.length;

  let empty = bitcast<f32>(params.identity);
  var total = vec4<f32>(empty);
  let whole = params.length / 4u * 4u;
  var l = 4u * lane;
  for (; l < whole;) {
    let stop = min(l + params.block * 4u * WORKGROUP_SIZE, whole);
    var part = vec4<f32>(empty);
    for (; l < stop; l += 4u * WORKGROUP_SIZE) {
      part = combine(part, load_x4(start + l));
    }
    total = combine(total, part);
  }
  total = combine(total, total.zwxy);
  total = combine(total, total.yxwz);
  if (whole + lane < params.length) {
    total.x = combine_pair(total.x, load_x(start + whole + lane));
  }
  partial[lane] = total.x;
  workgroupBarrier();

  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      partial[lane] = combine_pair(partial[lane], partial[lane + span]);
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    store_y(row, partial[0]);
  }
}
