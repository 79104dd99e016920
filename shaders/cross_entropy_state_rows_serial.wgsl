// cross_entropy_state_rows_serial: one more chunk of a row's classes taken into y[0, r] = largest logit,
// y[1, r] = sum_c exp(logits[r, c] - y[0, r]), y[2, r] = logits[r, labels[r]], which `before` holds for the chunks up to here
//
// Layout    logits: [rows, classes] of the classes from `start` on; labels: [rows] of i32; before, y: [3, rows], row-major.
// Work      one invocation per row, in quads; workgroups folded into x and y. No barriers.
// Memory    reads logits once.
// Numerics  max and sum in f32, online: a running maximum rescales the running sum, which grows in blocks so that its
//           error stays small however long the row is. A sum of 0 says that there was no chunk before.
//           NaN, +infinity and a label that names no class of all, unless it is `ignored`, make the sum NaN.
// Limits    none.

struct Params {
  rows: u32,
  classes: u32,
  block: u32, // how many quads are summed before they join the total
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
  ignored: i32,
  start: i32,
  allClasses: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn load_logits(i: u32) -> f32 {
  return logits[i];
}

fn load_logits4(i: u32) -> vec4<f32> {
  return vec4<f32>(logits[i], logits[i + 1u], logits[i + 2u], logits[i + 3u]);
}

fn load_labels(i: u32) -> i32 {
  return labels[i];
}

fn load_before(i: u32) -> f32 {
  return before[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

const LOWEST = -3.4028234e38;

// The sum; NaN if a value was NaN or +infinity, as exp may hide that. `peak` holds the bits of the largest magnitudes.
fn checked(sum: f32, peak: vec4<u32>, largest: f32) -> f32 {
  let top = max(max(peak.x, peak.y), max(peak.z, peak.w));
  let lost = top > 0x7f800000u || bitcast<u32>(largest) == 0x7f800000u;
  return select(sum, bitcast<f32>(params.notANumber), lost);
}

// Joins what the row's chunk gave to what stood before.
fn join(row: u32, largest: f32, sum: f32) {
  let label = load_labels(row);
  let isClass = u32(label) < params.allClasses; // a negative one becomes a large number
  let place = u32(label - params.start);
  let isHere = isClass && place < params.classes;
  let wanted = load_logits(row * params.classes + select(0u, place, isHere));

  let earlierSum = load_before(params.rows + row);
  let isFirst = (bitcast<u32>(earlierSum) & 0x7fffffffu) == 0u;
  let earlier = select(load_before(row), LOWEST, isFirst);
  let top = max(earlier, largest);
  let total = earlierSum * exp(earlier - top) + sum * exp(largest - top);
  let lost = !isClass && label != params.ignored;
  store_y(row, top);
  store_y(params.rows + row, select(total, bitcast<f32>(params.notANumber), lost));
  store_y(2u * params.rows + row, select(load_before(2u * params.rows + row), wanted, isHere));
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
  let start = row * params.classes;

  var largest = LOWEST;
  var total = vec4<f32>();
  var peak = vec4<u32>();
  let whole = params.classes / 4u * 4u;
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    let earlier = largest;
    var part = vec4<f32>();
    for (; col < stop; col += 4u) {
      let quad = load_logits4(start + col);
      peak = max(peak, bitcast<vec4<u32>>(quad) & vec4<u32>(0x7fffffffu));
      let next = max(max(largest, max(quad.x, quad.y)), max(quad.z, quad.w));
      part = part * exp(largest - next) + exp(quad - next);
      largest = next;
    }
    total = total * exp(earlier - largest) + part;
  }
  for (col = whole; col < params.classes; col++) {
    let value = load_logits(start + col);
    peak.x = max(peak.x, bitcast<u32>(value) & 0x7fffffffu);
    let next = max(largest, value);
    total = total * exp(largest - next);
    total.x += exp(value - next);
    largest = next;
  }
  join(row, largest, checked((total.x + total.y) + (total.z + total.w), peak, largest));
}
