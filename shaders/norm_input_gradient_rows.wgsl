// norm_input_gradient_rows: dx[r, c] = s (g[c] - mean g - xh[c] mean(g xh)) where g[c] = dy[r, c] w[c],
//                           s = 1 / sqrt(variance_r + eps) and xh[c] = s (x[r, c] - mean_r); without CENTERED both
//                           means but the last count as 0, and the variance is the mean square.
//
// Layout    x, dy, dx: [rows, cols], w: [cols], row-major.
// Work      one workgroup per row, folded into x and y; each invocation walks the row in quads with stride
//           WORKGROUP_SIZE.
// Memory    reads x three times (twice without CENTERED), dy twice, writes dx once; 16 * WORKGROUP_SIZE bytes of
//           workgroup memory.
// Numerics  as norm_rows: sums over x - center, where `center` is the mean but for a small `drift`.
// Limits    WORKGROUP_SIZE is a power of two, not below 4.

struct Params {
  rows: u32,
  cols: u32,
  block: u32, // how many quads are summed before they join the total
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

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
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override CENTERED: bool = true;

var<workgroup> sums: array<vec4<f32>, WORKGROUP_SIZE>;

// The sum over all invocations, in each of them.
fn sum_of_all(lane: u32, value: vec4<f32>) -> vec4<f32> {
  sums[lane] = value;
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      sums[lane] += sums[lane + span];
    }
    workgroupBarrier();
  }
  let total = sums[0];
  workgroupBarrier();
  return total;
}

fn across(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// This invocation's part of the sum of a row.
fn part_of_sum(start: u32, whole: u32, lane: u32) -> f32 {
  var total = vec4<f32>();
  var col = 4u * lane;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u * WORKGROUP_SIZE, whole);
    var part = vec4<f32>();
    for (; col < stop; col += 4u * WORKGROUP_SIZE) {
      part += load_x4(start + col);
    }
    total += part;
  }
  if (whole + lane < params.cols) {
    total.x += load_x(start + whole + lane);
  }
  return across(total);
}

// This invocation's part of the sums of d, d d, g and g d, where d = x - center and g = dy w.
fn part_of_moments(start: u32, whole: u32, lane: u32, center: f32) -> vec4<f32> {
  var sum_d = vec4<f32>();
  var sum_dd = vec4<f32>();
  var sum_g = vec4<f32>();
  var sum_gd = vec4<f32>();
  var col = 4u * lane;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u * WORKGROUP_SIZE, whole);
    var part_d = vec4<f32>();
    var part_dd = vec4<f32>();
    var part_g = vec4<f32>();
    var part_gd = vec4<f32>();
    for (; col < stop; col += 4u * WORKGROUP_SIZE) {
      let d = load_x4(start + col) - center;
      let g = load_dy4(start + col) * load_w4(col);
      part_d += d;
      part_dd += d * d;
      part_g += g;
      part_gd += g * d;
    }
    sum_d += part_d;
    sum_dd += part_dd;
    sum_g += part_g;
    sum_gd += part_gd;
  }
  let last = whole + lane;
  if (last < params.cols) {
    let d = load_x(start + last) - center;
    let g = load_dy(start + last) * load_w(last);
    sum_d.x += d;
    sum_dd.x += d * d;
    sum_g.x += g;
    sum_gd.x += g * d;
  }
  return vec4<f32>(across(sum_d), across(sum_dd), across(sum_g), across(sum_gd));
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
  let start = row * params.cols;
  let whole = params.cols / 4u * 4u;
  let share = 1.0 / f32(params.cols);

  var center = 0.0;
  if (CENTERED) {
    center = sum_of_all(lane, vec4<f32>(part_of_sum(start, whole, lane), 0.0, 0.0, 0.0)).x * share;
  }
  let moments = sum_of_all(lane, part_of_moments(start, whole, lane, center)) * share;
  let drift = select(0.0, moments.x, CENTERED);
  let mean_g = select(0.0, moments.z, CENTERED);
  let variance = moments.y - drift * drift;
  // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
  let scale = 1.0 / sqrt(select(variance, 0.0, variance < 0.0) + params.eps);
  let slope = (moments.w - drift * mean_g) * scale * scale;

  for (var col = 4u * lane; col < whole; col += 4u * WORKGROUP_SIZE) {
    let d = (load_x4(start + col) - center) - drift;
    let g = load_dy4(start + col) * load_w4(col);
    store_dx4(start + col, (g - mean_g - d * slope) * scale);
  }
  let last = whole + lane;
  if (last < params.cols) {
    let d = (load_x(start + last) - center) - drift;
    let g = load_dy(start + last) * load_w(last);
    store_dx(start + last, (g - mean_g - d * slope) * scale);
  }
}
