// norm_input_gradient_slabs: dx[r, c] = s (g[c] - mean g - xh[c] mean(g xh)) as norm_input_gradient_rows, and on the way
//                            dw[k, 0, c] = sum of dy[r, c] xh[r, c], dw[k, 1, c] = sum of dy[r, c] over the rows r of
//                            slab k, the second only with BIAS, as norm_weight_gradient_slabs.
//
// Layout    x, dy, dx: [rows, cols], w: [cols], dw: [slabs, 1 or 2, cols], row-major.
// Work      one workgroup per slab, folded into x and y. It takes WORKGROUP_SIZE / 16 rows at a time: 16 invocations
//           measure each row; then SIDE of them side by side take a quad of columns each, and WORKGROUP_SIZE / SIDE
//           such slices share the rows.
// Memory    reads x three times in quick succession (twice without CENTERED), dy twice, writes dx once;
//           32 * WORKGROUP_SIZE + 320 bytes of workgroup memory.
// Numerics  rows as norm_rows; columns in f32, first in blocks of rows, then slices in a tree.
// Limits    cols is at most 4 SIDE; WORKGROUP_SIZE and SIDE are powers of two; WORKGROUP_SIZE is from 16 to 256 and not
//           below SIDE.

struct Params {
  rows: u32,
  cols: u32,
  slabs: u32,
  slabRows: u32, // the last slab may have fewer
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<storage, read_write> dw: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn load_w4(i: u32) -> vec4<f32> {
  return vec4<f32>(w[i], w[i + 1u], w[i + 2u], w[i + 3u]);
}

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}

fn store_dx4(i: u32, v: vec4<f32>) {
  dx[i] = v.x;
  dx[i + 1u] = v.y;
  dx[i + 2u] = v.z;
  dx[i + 3u] = v.w;
}

fn store_dw(i: u32, v: f32) {
  dw[i] = v;
}

fn store_dw4(i: u32, v: vec4<f32>) {
  dw[i] = v.x;
  dw[i + 1u] = v.y;
  dw[i + 2u] = v.z;
  dw[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 256;
override SIDE: u32 = 64;
override CENTERED: bool = true;
override BIAS: bool = true;

const LANES = 16u; // that measure one row

var<workgroup> sums: array<vec4<f32>, WORKGROUP_SIZE>; // of rows, and in the end of the columns of the weight
var<workgroup> biases: array<vec4<f32>, WORKGROUP_SIZE>;
var<workgroup> moments: array<vec4<f32>, 16>; // (center, drift, scale, slope) of each row at hand
var<workgroup> levels: array<f32, 16>; // mean g of each row at hand

// The sum over the invocations that share a row, in each of them.
fn sum_of_row(lane: u32, value: vec4<f32>) -> vec4<f32> {
  let within = lane % LANES;
  sums[lane] = value;
  workgroupBarrier();
  for (var span = LANES / 2u; span > 0u; span >>= 1u) {
    if (within < span) {
      sums[lane] += sums[lane + span];
    }
    workgroupBarrier();
  }
  let total = sums[lane - within];
  workgroupBarrier();
  return total;
}

fn across(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// This invocation's part of the sum of a row.
fn part_of_sum(start: u32, count: u32, within: u32) -> f32 {
  var total = vec4<f32>();
  let whole = count / 4u * 4u;
  for (var col = 4u * within; col < whole; col += 4u * LANES) {
    total += load_x4(start + col);
  }
  if (whole + within < count) {
    total.x += load_x(start + whole + within);
  }
  return across(total);
}

// This invocation's part of the sums of d, d d, g and g d, where d = x - center and g = dy w.
fn part_of_moments(start: u32, count: u32, within: u32, center: f32) -> vec4<f32> {
  var sum_d = vec4<f32>();
  var sum_dd = vec4<f32>();
  var sum_g = vec4<f32>();
  var sum_gd = vec4<f32>();
  let whole = count / 4u * 4u;
  for (var col = 4u * within; col < whole; col += 4u * LANES) {
    let d = load_x4(start + col) - center;
    let g = load_dy4(start + col) * load_w4(col);
    sum_d += d;
    sum_dd += d * d;
    sum_g += g;
    sum_gd += g * d;
  }
  let last = whole + within;
  if (last < count) {
    let d = load_x(start + last) - center;
    let g = load_dy(start + last) * load_w(last);
    sum_d.x += d;
    sum_dd.x += d * d;
    sum_g.x += g;
    sum_gd.x += g * d;
  }
  return vec4<f32>(across(sum_d), across(sum_dd), across(sum_g), across(sum_gd));
}

// Fills `moments` and `levels` with those of the rows from `first` on.
fn measure(first: u32, end: u32, lane: u32) {
  let within = lane % LANES;
  let row = first + lane / LANES;
  let start = row * params.cols;
  // An invocation past the last row waits for the others at the barriers.
  let count = select(0u, params.cols, row < end);
  let share = 1.0 / f32(params.cols);
  var center = 0.0;
  if (CENTERED) {
    center = sum_of_row(lane, vec4<f32>(part_of_sum(start, count, within), 0.0, 0.0, 0.0)).x * share;
  }
  let means = sum_of_row(lane, part_of_moments(start, count, within, center)) * share;
  let drift = select(0.0, means.x, CENTERED);
  let level = select(0.0, means.z, CENTERED);
  let variance = means.y - drift * drift;
  if (within == 0u) {
    // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
    let scale = 1.0 / sqrt(select(variance, 0.0, variance < 0.0) + params.eps);
    moments[lane / LANES] = vec4<f32>(center, drift, scale, (means.w - drift * level) * scale * scale);
    levels[lane / LANES] = level;
  }
  workgroupBarrier();
}

fn store_input(start: u32, col: u32, v: vec4<f32>) {
  let i = start + col;
  if (col + 4u <= params.cols) {
    store_dx4(i, v);
    return;
  }
  store_dx(i, v.x);
  if (col + 1u < params.cols) {
    store_dx(i + 1u, v.y);
  }
  if (col + 2u < params.cols) {
    store_dx(i + 2u, v.z);
  }
}

fn store_columns(start: u32, col: u32, v: vec4<f32>) {
  let i = start + col;
  if (col + 4u <= params.cols) {
    store_dw4(i, v);
    return;
  }
  store_dw(i, v.x);
  if (col + 1u < params.cols) {
    store_dw(i + 1u, v.y);
  }
  if (col + 2u < params.cols) {
    store_dw(i + 2u, v.z);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let slab = group.y * groups.x + group.x;
  if (slab >= params.slabs) {
    return;
  }
  let col = lane % SIDE * 4u;
  let slices = WORKGROUP_SIZE / SIDE;
  let height = WORKGROUP_SIZE / LANES;
  let end = min((slab + 1u) * params.slabRows, params.rows);
  let factors = load_w4(col);

  var weight = vec4<f32>();
  var bias = vec4<f32>();
  for (var first = slab * params.slabRows; first < end; first += height) {
    measure(first, end, lane);
    // An invocation past the last column has nothing to add.
    let count = select(0u, min(height, end - first), col < params.cols);
    var part_weight = vec4<f32>();
    var part_bias = vec4<f32>();
    for (var k = lane / SIDE; k < count; k += slices) {
      let start = (first + k) * params.cols;
      let row = moments[k];
      let d = (load_x4(start + col) - row.x) - row.y;
      let pull = load_dy4(start + col);
      part_weight += pull * (d * row.z);
      part_bias += pull;
      store_input(start, col, (pull * factors - levels[k] - d * row.w) * row.z);
    }
    weight += part_weight;
    bias += part_bias;
    workgroupBarrier();
  }

  sums[lane] = weight;
  biases[lane] = bias;
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span >= SIDE; span >>= 1u) {
    if (lane < span) {
      sums[lane] += sums[lane + span];
      biases[lane] += biases[lane + span];
    }
    workgroupBarrier();
  }
  if (lane >= SIDE || col >= params.cols) {
    return;
  }
  if (BIAS) {
    store_columns(2u * slab * params.cols, col, sums[lane]);
    store_columns((2u * slab + 1u) * params.cols, col, biases[lane]);
  } else {
    store_columns(slab * params.cols, col, sums[lane]);
  }
}
