// norm_input_gradient_rows_serial: dx[r, c] = s (g[c] - mean g - xh[c] mean(g xh)) where g[c] = dy[r, c] w[c],
//                                  s = 1 / sqrt(variance_r + eps) and xh[c] = s (x[r, c] - mean_r); without CENTERED
//                                  both means but the last count as 0, and the variance is the mean square.
//
// Layout    x, dy, dx: [rows, cols], w: [cols], row-major.
// Work      one invocation per row, in quads; workgroups folded into x and y. No barriers.
// Memory    reads x three times (twice without CENTERED), dy twice, writes dx once.
// Numerics  as norm_rows_serial: sums over x - center, where `center` is the mean but for a small `drift`.
// Limits    none.

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

// The mean of a row, good to its own rounding.
fn mean_of(start: u32, whole: u32) -> f32 {
  var total = vec4<f32>();
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    var part = vec4<f32>();
    for (; col < stop; col += 4u) {
      part += load_x4(start + col);
    }
    total += part;
  }
  for (; col < params.cols; col++) {
    total.x += load_x(start + col);
  }
  return ((total.x + total.y) + (total.z + total.w)) / f32(params.cols);
}

fn across(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
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
  let start = row * params.cols;
  let whole = params.cols / 4u * 4u;

  var center = 0.0;
  if (CENTERED) {
    center = mean_of(start, whole);
  }

  // Of d = x - center and g = dy w.
  var sum_d = vec4<f32>();
  var sum_dd = vec4<f32>();
  var sum_g = vec4<f32>();
  var sum_gd = vec4<f32>();
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    var part_d = vec4<f32>();
    var part_dd = vec4<f32>();
    var part_g = vec4<f32>();
    var part_gd = vec4<f32>();
    for (; col < stop; col += 4u) {
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
  for (; col < params.cols; col++) {
    let d = load_x(start + col) - center;
    let g = load_dy(start + col) * load_w(col);
    sum_d.x += d;
    sum_dd.x += d * d;
    sum_g.x += g;
    sum_gd.x += g * d;
  }
  let share = 1.0 / f32(params.cols);
  var drift = 0.0;
  var mean_g = 0.0;
  if (CENTERED) {
    drift = across(sum_d) * share;
    mean_g = across(sum_g) * share;
  }
  let variance = across(sum_dd) * share - drift * drift;
  // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
  let scale = 1.0 / sqrt(select(variance, 0.0, variance < 0.0) + params.eps);
  let slope = (across(sum_gd) * share - drift * mean_g) * scale * scale;

  for (col = 0u; col < whole; col += 4u) {
    let d = (load_x4(start + col) - center) - drift;
    let g = load_dy4(start + col) * load_w4(col);
    store_dx4(start + col, (g - mean_g - d * slope) * scale);
  }
  for (; col < params.cols; col++) {
    let d = (load_x(start + col) - center) - drift;
    let g = load_dy(start + col) * load_w(col);
    store_dx(start + col, (g - mean_g - d * slope) * scale);
  }
}
