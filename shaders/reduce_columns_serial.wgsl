// reduce_columns_serial: y[o, i] = sum, product, largest or smallest of x[o, l, i] over l
//
// Layout    x: [outer, length, inner], y: [outer, inner], row-major.
// Work      one invocation per QUADS quads of columns, four rows at a time, or two of them where QUADS is 4; workgroups
//           folded into x and y. No barriers.
// Memory    reads x once, invocations side by side. Long runs of a row at a time: a processor that fetches neighbours
//           ahead, as software adapters run on, reads four quads in a row three times as fast as one.
// Numerics  a sum's error is bounded by (4 + sqrt length) u sum |x|: rows are summed in blocks of about
//           4 * sqrt(length / 4). A NaN is passed on. Of a length of 0: 0, -infinity, infinity or 1.
// Limits    QUADS is 1 or 4.

struct Params {
  outer: u32,
  length: u32,
  inner: u32,
  block: u32, // how many steps are combined before they join the total
  identity: u32, // the bits of the result of nothing: an infinity cannot be written as a literal
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
// 0 adds, 1 takes the larger, 2 the smaller, 3 multiplies. max and min of WGSL may drop a NaN, so it is looked for by its bits.
override KIND: u32 = 0;
override QUADS: u32 = 1;

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

fn store_columns(start: u32, col: u32, v: vec4<f32>) {
  let i = start + col;
  if (col + 4u <= params.inner) {
    store_y4(i, v);
    return;
  }
  if (col < params.inner) {
    store_y(i, v.x);
  }
  if (col + 1u < params.inner) {
    store_y(i + 1u, v.y);
  }
  if (col + 2u < params.inner) {
    store_y(i + 2u, v.z);
  }
}

fn reduce_quad(start: u32) -> vec4<f32> {
  let empty = vec4<f32>(bitcast<f32>(params.identity));
  var total = empty;
  var l = 0u;
  for (; l + 3u < params.length;) {
    let stop = min(l + params.block * 4u, params.length);
    var part0 = empty;
    var part1 = empty;
    var part2 = empty;
    var part3 = empty;
    for (; l + 3u < stop; l += 4u) {
      let i = start + l * params.inner;
      part0 = combine(part0, load_x4(i));
      part1 = combine(part1, load_x4(i + params.inner));
      part2 = combine(part2, load_x4(i + 2u * params.inner));
      part3 = combine(part3, load_x4(i + 3u * params.inner));
    }
    total = combine(total, combine(combine(part0, part1), combine(part2, part3)));
  }
  for (; l < params.length; l += 1u) {
    total = combine(total, load_x4(start + l * params.inner));
  }
  return total;
}

fn of_two_rows(i: u32) -> vec4<f32> {
  return combine(load_x4(i), load_x4(i + params.inner));
}

// Four quads side by side.
fn reduce_quads(start: u32) -> mat4x4<f32> {
  let empty = vec4<f32>(bitcast<f32>(params.identity));
  var total0 = empty;
  var total1 = empty;
  var total2 = empty;
  var total3 = empty;
  var l = 0u;
  for (; l + 1u < params.length;) {
    let stop = min(l + params.block * 4u, params.length);
    var part0 = empty;
    var part1 = empty;
    var part2 = empty;
    var part3 = empty;
    for (; l + 1u < stop; l += 2u) {
      let i = start + l * params.inner;
      part0 = combine(part0, of_two_rows(i));
      part1 = combine(part1, of_two_rows(i + 4u));
      part2 = combine(part2, of_two_rows(i + 8u));
      part3 = combine(part3, of_two_rows(i + 12u));
    }
    total0 = combine(total0, part0);
    total1 = combine(total1, part1);
    total2 = combine(total2, part2);
    total3 = combine(total3, part3);
  }
  if (l < params.length) {
    let i = start + l * params.inner;
    total0 = combine(total0, load_x4(i));
    total1 = combine(total1, load_x4(i + 4u));
    total2 = combine(total2, load_x4(i + 8u));
    total3 = combine(total3, load_x4(i + 12u));
  }
  return mat4x4<f32>(total0, total1, total2, total3);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let width = 4u * QUADS;
  let across = (params.inner + width - 1u) / width;
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let item = index / across;
  if (item >= params.outer) {
    return;
  }
  let col = (index - item * across) * width;
  let start = item * params.length * params.inner + col;
  let startY = item * params.inner;
  if (QUADS == 1u) {
    store_columns(startY, col, reduce_quad(start));
  } else {
    let totals = reduce_quads(start);
    store_columns(startY, col, totals[0]);
    store_columns(startY, col + 4u, totals[1]);
    store_columns(startY, col + 8u, totals[2]);
    store_columns(startY, col + 12u, totals[3]);
  }
}
