// cross_entropy_rows_serial: y[r] = log sum_c exp(logits[r, c]) - logits[r, labels[r]]; with SMOOTHED, labels[r] has
// 1 - smoothing of the target and all classes share the rest: y[r] += smoothing * mean_c (logits[r, labels[r]] - logits[r, c])
//
// Layout    logits: [rows, classes], row-major; labels: [rows] of i32; y: [rows].
// Work      one invocation per row, in quads; workgroups folded into x and y. No barriers.
// Memory    reads logits once.
// Numerics  max and sum in f32, online: a running maximum rescales the running sum, which grows in blocks so that its
//           error stays small however long the row is. A NaN or +infinity makes all of its row NaN.
//           The label `ignored` gives 0; another one that names no class gives NaN.
// Limits    none.

struct Params {
  rows: u32,
  classes: u32,
  block: u32, // how many quads are summed before they join the total
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
  ignored: i32,
  smoothing: f32, // the share of the target that goes to each class: the whole of it over all classes
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_logits(i: u32) -> f32 {
  return logits[i];
}

fn load_logits4(i: u32) -> vec4<f32> {
  return vec4<f32>(logits[i], logits[i + 1u], logits[i + 2u], logits[i + 3u]);
}

fn load_labels(i: u32) -> i32 {
  return labels[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override SMOOTHED: bool = false;

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
  let label = load_labels(row);
  let known = u32(label) < params.classes; // a negative one becomes a large number
  let wanted = load_logits(start + select(0u, u32(label), known));

  var largest = LOWEST;
  var total = vec4<f32>();
  var lead = vec4<f32>(); // how far the label's logit is ahead of the others
  var peak = vec4<u32>();
  let whole = params.classes / 4u * 4u;
  var col = 0u;
  for (; col < whole;) {
    let stop = min(col + params.block * 4u, whole);
    let before = largest;
    var part = vec4<f32>();
    var partLead = vec4<f32>();
    for (; col < stop; col += 4u) {
      let quad = load_logits4(start + col);
      peak = max(peak, bitcast<vec4<u32>>(quad) & vec4<u32>(0x7fffffffu));
      let next = max(max(largest, max(quad.x, quad.y)), max(quad.z, quad.w));
      part = part * exp(largest - next) + exp(quad - next);
      largest = next;
      if (SMOOTHED) {
        partLead += wanted - quad;
      }
    }
    total = total * exp(before - largest) + part;
    lead += partLead;
  }
  for (col = whole; col < params.classes; col++) {
    let value = load_logits(start + col);
    peak.x = max(peak.x, bitcast<u32>(value) & 0x7fffffffu);
    let next = max(largest, value);
    total = total * exp(largest - next);
    total.x += exp(value - next);
    largest = next;
    lead.x += wanted - value;
  }
  let sum = checked((total.x + total.y) + (total.z + total.w), peak, largest);

  if (label == params.ignored) {
    store_y(row, 0.0);
  } else if (known) {
    // The difference first: it is exact where both are large.
    var loss = (largest - wanted) + checked_log(sum);
    if (SMOOTHED) {
      loss += ((lead.x + lead.y) + (lead.z + lead.w)) * params.smoothing;
    }
    store_y(row, loss);
  } else {
    store_y(row, bitcast<f32>(params.notANumber));
  }
}
