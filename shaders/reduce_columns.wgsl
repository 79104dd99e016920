// reduce_columns: y[o, i] = sum, product, largest or smallest of x[o, l, i] over l
//
// Layout    x: [outer, length, inner], y: [outer, inner], row-major.
// Work      one workgroup per 32 columns, folded into x and y: 8 invocations side by side take a quad each, and
//           WORKGROUP_SIZE / 8 such slices share the length.
// Memory    reads x once, 128 bytes at a stretch; 16 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  a sum's error is bounded by (4 + sqrt length) u sum |x|: rows are summed in blocks, slices in a tree.
//           A NaN is passed on. Of a length of 0: 0, -infinity, infinity or 1.
// Limits    WORKGROUP_SIZE is a power of two, not below 8.

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

override WORKGROUP_SIZE: u32 = 128;
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

const QUADS = 8u; // side by side

var<workgroup> partial: array<vec4<f32>, WORKGROUP_SIZE>;

fn store_columns(start: u32, col: u32, v: vec4<f32>) {
  let i = start + col;
  if (col + 4u <= params.inner) {
    store_y4(i, v);
    return;
  }
  store_y(i, v.x);
  if (col + 1u < params.inner) {
    store_y(i + 1u, v.y);
  }
  if (col + 2u < params.inner) {
    store_y(i + 2u, v.z);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.inner + 4u * QUADS - 1u) / (4u * QUADS);
  let index = group.y * groups.x + group.x;
  let item = index / across;
  if (item >= params.outer) {
    return;
  }
  let col = ((index - item * across) * QUADS + lane % QUADS) * 4u;
  let start = item * params.length * params.inner + col;
  let slices = WORKGROUP_SIZE / QUADS;
  let stride = slices * params.inner;
  // An invocation past the last column waits for the others at the barrier.
  let end = select(0u, params.length, col < params.inner);

  let empty = vec4<f32>(bitcast<f32>(params.identity));
  var total = empty;
  var l = lane / QUADS;
  for (; l + 3u * slices < end;) {
    let stop = min(l + params.block * 4u * slices, end);
    var part0 = empty;
    var part1 = empty;
    var part2 = empty;
    var part3 = empty;
    for (; l + 3u * slices < stop; l += 4u * slices) {
      let i = start + l * params.inner;
      part0 = combine(part0, load_x4(i));
      part1 = combine(part1, load_x4(i + stride));
      part2 = combine(part2, load_x4(i + 2u * stride));
      part3 = combine(part3, load_x4(i + 3u * stride));
    }
    total = combine(total, combine(combine(part0, part1), combine(part2, part3)));
  }
  for (; l < end; l += slices) {
    total = combine(total, load_x4(start + l * params.inner));
  }
  partial[lane] = total;
  workgroupBarrier();

  for (var span = WORKGROUP_SIZE / 2u; span >= QUADS; span >>= 1u) {
    if (lane < span) {
      partial[lane] = combine(partial[lane], partial[lane + span]);
    }
    workgroupBarrier();
  }
  if (lane < QUADS && col < params.inner) {
    store_columns(item * params.inner, col, partial[lane]);
  }
}
