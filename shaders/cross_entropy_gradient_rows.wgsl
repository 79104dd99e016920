// cross_entropy_gradient_rows: dx[r, c] = (exp(logits[r, c]) / sum_c exp(logits[r, c]) - target) * dy[r],
// target = hitTarget where c == labels[r], else missTarget
//
// Layout    logits, dx: [rows, classes], row-major; labels: [rows] of i32; dy: [rows].
// Work      one workgroup per row, folded into x and y; each invocation walks the row in quads with stride
//           WORKGROUP_SIZE.
// Memory    reads logits twice, writes dx once; 8 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  max and sum in f32, online: a running maximum rescales the running sum, which grows in blocks so that its
//           error stays small however long the row is. A NaN or +infinity makes all of its row NaN.
//           The label `ignored` gives a row of zeros; another one that names no class gives a row of NaN.
// Limits    WORKGROUP_SIZE is a power of two, not below 4.

struct Params {
  rows: u32,
  classes: u32,
  block: u32, // how many quads are summed before they join the total
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
  ignored: i32,
  hitTarget: f32, // the probability that the label's class should have
  missTarget: f32, // that of every other class
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

fn load_logits(i: u32) -> f32 {
  return logits[i];
}

fn load_logits4(i: u32) -> vec4<f32> {
  return vec4<f32>(logits[i], logits[i + 1u], logits[i + 2u], logits[i + 3u]);
}

fn load_labels(i: u32) -> i32 {
  return labels[i];
}

fn load_dy(i: u32) -> f32 {
  return dy[i];
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

const LOWEST = -3.4028234e38;

var<workgroup> maxima: array<f32, WORKGROUP_SIZE>;
var<workgroup> sums: array<f32, WORKGROUP_SIZE>;

// The sum; NaN if a value was NaN or +infinity, as exp may hide that. `peak` holds the bits of the largest magnitudes.
fn checked(sum: f32, peak: vec4<u32>, largest: f32) -> f32 {
  let top = max(max(peak.x, peak.y), max(peak.z, peak.w));
  let lost = top > 0x7f800000u || bitcast<u32>(largest) == 0x7f800000u;
  return select(sum, bitcast<f32>(params.notANumber), lost);
}

// The gradient at four classes from `col` on; `scale` is dy, or NaN.
fn result(value: vec4<f32>, col: u32, largest: f32, factor: f32, label: i32, scale: f32) -> vec4<f32> {
  let classes = vec4<i32>(i32(col)) + vec4<i32>(0, 1, 2, 3);
  let hits = classes == vec4<i32>(label);
  let targets = select(vec4<f32>(params.missTarget), vec4<f32>(params.hitTarget), hits);
  let slope = (exp(value - largest) * factor - targets) * scale;
  return select(slope, vec4<f32>(), vec4<bool>(label == params.ignored));
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
  let start = row * params.classes;

  var largest = LOWEST;
  var total = vec4<f32>();
  var peak = vec4<u32>();
  let whole = params.classes / 4u * 4u;
  var col = 4u * lane;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u * WORKGROUP_SIZE, whole);
    let before = largest;
    var part = vec4<f32>();
    for (; col < stop; col += 4u * WORKGROUP_SIZE) {
      let quad = load_logits4(start + col);
      peak = max(peak, bitcast<vec4<u32>>(quad) & vec4<u32>(0x7fffffffu));
      let next = max(max(largest, max(quad.x, quad.y)), max(quad.z, quad.w));
      part = part * exp(largest - next) + exp(quad - next);
      largest = next;
    }
    total = total * exp(before - largest) + part;
  }
  if (whole + lane < params.classes) {
    let value = load_logits(start + whole + lane);
    peak.x = max(peak.x, bitcast<u32>(value) & 0x7fffffffu);
    let next = max(largest, value);
    total = total * exp(largest - next);
    total.x += exp(value - next);
    largest = next;
  }
  maxima[lane] = largest;
  sums[lane] = checked((total.x + total.y) + (total.z + total.w), peak, largest);
  workgroupBarrier();

  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      let next = max(maxima[lane], maxima[lane + span]);
      sums[lane] = sums[lane] * exp(maxima[lane] - next) + sums[lane + span] * exp(maxima[lane + span] - next);
      maxima[lane] = next;
    }
    workgroupBarrier();
  }

  largest = maxima[0];
  let factor = 1.0 / sums[0];
  let label = load_labels(row);
  let known = u32(label) < params.classes; // a negative one becomes a large number
  let scale = select(bitcast<f32>(params.notANumber), load_dy(row), known);

  for (col = 4u * lane; col < whole; col += 4u * WORKGROUP_SIZE) {
    store_dx4(start + col, result(load_logits4(start + col), col, largest, factor, label, scale));
  }
  if (whole + lane < params.classes) {
    col = whole + lane;
    let value = vec4<f32>(load_logits(start + col));
    store_dx(start + col, result(value, col, largest, factor, label, scale).x);
  }
}
