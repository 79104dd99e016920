// softmax_rows_serial: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r); or its logarithm when LOG is set.
//
// Layout    x, y: [rows, cols], row-major.
// Work      one invocation per row, in quads; workgroups folded into x and y. No barriers.
// Memory    reads x twice, writes y once.
// Numerics  max and sum in f32, online: a running maximum rescales the running sum, which grows in blocks so that its
//           error stays small however long the row is. A NaN or +infinity makes all of its row NaN.
// Limits    none.

struct Params {
  rows: u32,
  cols: u32,
  block: u32, // how many quads are summed before they join the total
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
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

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override LOG: bool = false;

const LOWEST = -3.4028234e38;

// The sum; NaN if a value was NaN or +infinity, as exp may hide that. `peak` holds the bits of the largest magnitudes.
fn checked(sum: f32, peak: vec4<u32>, largest: f32) -> f32 {
  let top = max(max(peak.x, peak.y), max(peak.z, peak.w));
  let lost = top > 0x7f800000u || bitcast<u32>(largest) == 0x7f800000u;
  return select(sum, bitcast<f32>(params.notANumber), lost);
}

// log(sum), also where log would hide that the sum is NaN or 0.
fn checked_log(sum: f32) -> f32 {
  let bits = bitcast<u32>(sum) & 0x7fffffffu;
  return select(log(sum), bitcast<f32>(params.notANumber), bits == 0u || bits > 0x7f800000u);
}

fn result(value: vec4<f32>, largest: f32, factor: f32, logarithm: f32) -> vec4<f32> {
  let shifted = value - largest;
  if (LOG) {
    return shifted - logarithm;
  }
  return exp(shifted) * factor;
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

  var largest = LOWEST;
  var total = vec4<f32>();
  var peak = vec4<u32>();
  let whole = params.cols / 4u * 4u;
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    let before = largest;
    var part = vec4<f32>();
    for (; col < stop; col += 4u) {
      let quad = load_x4(start + col);
      peak = max(peak, bitcast<vec4<u32>>(quad) & vec4<u32>(0x7fffffffu));
      let next = max(max(largest, max(quad.x, quad.y)), max(quad.z, quad.w));
      part = part * exp(largest - next) + exp(quad - next);
      largest = next;
    }
    total = total * exp(before - largest) + part;
  }
  for (col = whole; col < params.cols; col++) {
    let value = load_x(start + col);
    peak.x = max(peak.x, bitcast<u32>(value) & 0x7fffffffu);
    let next = max(largest, value);
    total = total * exp(largest - next);
    total.x += exp(value - next);
    largest = next;
  }
  let sum = checked((total.x + total.y) + (total.z + total.w), peak, largest);
  let factor = 1.0 / sum;
  let logarithm = checked_log(sum);

  for (col = 0u; col < whole; col += 4u) {
    store_y4(start + col, result(load_x4(start + col), largest, factor, logarithm));
  }
  for (; col < params.cols; col++) {
    store_y(start + col, result(vec4<f32>(load_x(start + col)), largest, factor, logarithm).x);
  }
}
