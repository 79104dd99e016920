// norm_weight_gradient_slabs: dw[s, 0, c] = sum of dy[r, c] xh[r, c], dw[s, 1, c] = sum of dy[r, c] over the rows r of
//                             slab s, where xh[r, c] = (x[r, c] - mean_r) / sqrt(variance_r + eps); the second only
//                             with BIAS; without CENTERED the mean counts as 0, and the variance is the mean square.
//
// Layout    x, dy: [rows, cols], dw: [slabs, 1 or 2, cols], row-major.
// Work      one workgroup per slab and 4 * SIDE columns, folded into x and y. It takes WORKGROUP_SIZE / 16 rows at a
//           time: 16 invocations measure each row; then SIDE of them side by side take a quad of columns each, and
//           WORKGROUP_SIZE / SIDE such slices share the rows.
// Memory    reads dy once, x three times in quick succession (twice without CENTERED); 40 * WORKGROUP_SIZE + 256 bytes
//           of workgroup memory.
// Numerics  rows as norm_rows; columns in f32, first in blocks of rows, then slices in a tree.
// Limits    WORKGROUP_SIZE and SIDE are powers of two; WORKGROUP_SIZE is from 16 to 256 and not below SIDE.

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
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
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

var<workgroup> sums: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> moments: array<vec4<f32>, 16>; // (center, drift, scale, 0) of each row at hand
var<workgroup> weights: array<vec4<f32>, WORKGROUP_SIZE>;
var<workgroup> biases: array<vec4<f32>, WORKGROUP_SIZE>;

// The sum over the invocations that share a row, in each of them.
fn sum_of_row(lane: u32, value: vec2<f32>) -> vec2<f32> {
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

// This invocation's part of the sums of x - center and of its square over [start, start + count).
fn part_of_moments(start: u32, count: u32, within: u32, center: f32) -> vec2<f32> {
  var sum = vec4<f32>();
  var squares = vec4<f32>();
  let whole = count / 4u * 4u;
  for (var col = 4u * within; col < whole; col += 4u * LANES) {
    let d = load_x4(start + col) - center;
    sum += d;
    squares += d * d;
  }
  if (whole + within < count) {
    let d = load_x(start + whole + within) - center;
    sum.x += d;
    squares.x += d * d;
  }
  return vec2<f32>((sum.x + sum.y) + (sum.z + sum.w), (squares.x + squares.y) + (squares.z + squares.w));
}

// Fills `moments` with those of the rows from `first` on.
fn measure(first: u32, end: u32, lane: u32) {
  let within = lane % LANES;
  let row = first + lane / LANES;
  // An invocation past the last row waits for the others at the barriers.
  let count = select(0u, params.cols, row < end);
  let share = 1.0 / f32(params.cols);
  var center = 0.0;
  if (CENTERED) {
    center = sum_of_row(lane, part_of_moments(row * params.cols, count, within, 0.0)).x * share;
  }
  let means = sum_of_row(lane, part_of_moments(row * params.cols, count, within, center)) * share;
  let drift = select(0.0, means.x, CENTERED);
  let variance = means.y - drift * drift;
  if (within == 0u) {
    // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
    let scale = 1.0 / sqrt(select(variance, 0.0, variance < 0.0) + params.eps);
    moments[lane / LANES] = vec4<f32>(center, drift, scale, 0.0);
  }
  workgroupBarrier();
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
  let across = (params.cols + 4u * SIDE - 1u) / (4u * SIDE);
  let index = group.y * groups.x + group.x;
  let slab = index / across;
  if (slab >= params.slabs) {
    return;
  }
  let col = ((index - slab * across) * SIDE + lane % SIDE) * 4u;
  let slices = WORKGROUP_SIZE / SIDE;
  let height = WORKGROUP_SIZE / LANES;
  let end = min((slab + 1u) * params.slabRows, params.rows);

  var weight = vec4<f32>();
  var bias = vec4<f32>();
  for (var first = slab * params.slabRows; first < end; first += height) {
    measure(first, end, lane);
    // An invocation past the last column has nothing to add.
    let count = select(0u, min(height, end - first), col < params.cols);
    var part_weight = vec4<f32>();
    var part_bias = vec4<f32>();
    for (var k = lane / SIDE; k < count; k += slices) {
      let i = (first + k) * params.cols + col;
      let row = moments[k];
      let pull = load_dy4(i);
      part_weight += pull * (((load_x4(i) - row.x) - row.y) * row.z);
      part_bias += pull;
    }
    weight += part_weight;
    bias += part_bias;
    workgroupBarrier();
  }

  weights[lane] = weight;
  biases[lane] = bias;
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span >= SIDE; span >>= 1u) {
    if (lane < span) {
      weights[lane] += weights[lane + span];
      biases[lane] += biases[lane + span];
    }
    workgroupBarrier();
  }
  if (lane >= SIDE || col >= params.cols) {
    return;
  }
  if (BIAS) {
    store_columns(2u * slab * params.cols, col, weights[lane]);
    store_columns((2u * slab + 1u) * params.cols, col, biases[lane]);
  } else {
    store_columns(slab * params.cols, col, weights[lane]);
  }
}
