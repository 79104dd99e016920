// ctc_forward_rows: how likely each path through time is: a[t, s] = log(exp(a[t - 1, s]) + exp(a[t - 1, s - 1]) + exp(a[t - 1,
// s - 2])) + x[t, s], the last term only where it skips a blank; and the loss, -log of what the last two states come to
//
// Layout    x: [time, batch, states]; labels: i32 [batch, states]; steps, counts: i32 [batch], of inputs and of labels.
//           y: the losses [batch], then a [time, batch, states], each row less some number of its own; 0 after the lengths.
// Work      one workgroup per sequence, folded into x and y; invocations share the states, with a barrier after each step.
// Memory    reads x once, writes y once; 4 * SLOTS + 4 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  f32 logarithms, less the largest of every eighth row, so that differences keep their digits however long time is; what
//           was taken away is added up for the loss. A NaN or +infinity that counts, or a length out of range, makes it NaN.
//           +infinity where there is no path.
// Limits    SLOTS is at least twice the states.

struct Params {
  time: u32,
  batch: u32,
  states: u32, // of the longest targets: one for each label, and a blank before, between and after them
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
  infinity: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> steps: array<i32>;
@group(0) @binding(4) var<storage, read> counts: array<i32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_labels(i: u32) -> i32 {
  return labels[i];
}

fn load_steps(i: u32) -> i32 {
  return steps[i];
}

fn load_counts(i: u32) -> i32 {
  return counts[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override SLOTS: u32 = 256;

const NEVER = -1e30; // the logarithm of 0
const IMPOSSIBLE = -1e29; // below it are sums of NEVER
const LEAST = -87.0; // exp of it is the smallest normal number

var<workgroup> rows: array<f32, SLOTS>; // this row and the one before, taking turns
var<workgroup> tops: array<f32, WORKGROUP_SIZE>; // the largest that each invocation has

// log(1 + r) for r in 0 … 2: the series of 2 atanh(r / (2 + r)), as log alone is off by 2^-21.
fn log_one_plus(r: f32) -> f32 {
  let z = r / (2.0 + r);
  let w = z * z;
  var sum = 1.0 / 23.0;
  sum = sum * w + 1.0 / 21.0;
  sum = sum * w + 1.0 / 19.0;
  sum = sum * w + 1.0 / 17.0;
  sum = sum * w + 1.0 / 15.0;
  sum = sum * w + 1.0 / 13.0;
  sum = sum * w + 1.0 / 11.0;
  sum = sum * w + 1.0 / 9.0;
  sum = sum * w + 1.0 / 7.0;
  sum = sum * w + 1.0 / 5.0;
  sum = sum * w + 1.0 / 3.0;
  return 2.0 * (z + z * (w * sum));
}

// log(exp(a) + exp(b) + exp(c)), also where all of them are NEVER.
fn log_sum(a: f32, b: f32, c: f32) -> f32 {
  let larger = max(a, b);
  let largest = max(larger, c);
  let second = exp(max(min(larger, c) - largest, LEAST));
  let third = exp(max(min(a, b) - largest, LEAST));
  return largest + log_one_plus(second + third);
}

// Whether state s may come right after s - 2: unless both are the same label, or blanks.
fn skips(labels: u32, s: u32) -> bool {
  return s > 1u && load_labels(labels + s) != load_labels(labels + max(s, 2u) - 2u);
}

// The bits by which x would make the loss NaN: it is NaN or +infinity.
fn is_lost(x: f32) -> bool {
  let bits = bitcast<u32>(x);
  return (bits & 0x7fffffffu) > 0x7f800000u || bits == 0x7f800000u;
}

// x as a number: NEVER for -infinity.
fn emission(x: f32) -> f32 {
  return select(select(max(x, NEVER), NEVER, bitcast<u32>(x) == 0xff800000u), 0.0, is_lost(x));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = group.y * groups.x + group.x;
  if (item >= params.batch) {
    return;
  }
  let time = load_steps(item);
  let targets = load_counts(item);
  let isValid = time >= 0 && u32(time) <= params.time && targets >= 0 && 2u * u32(targets) < params.states;
  let end = select(0u, u32(time), isValid);
  let count = select(0u, 2u * u32(targets) + 1u, isValid);
  let labels = item * params.states;
  let half = SLOTS / 2u;

  var taken = 0.0;
  var lost = 0.0;
  for (var t = 0u; t < end; t++) {
    let now = (t & 1u) * half;
    let old = half - now;
    var shift = 0.0;
    if (t > 0u && (t & 7u) == 0u) {
      var top = NEVER;
      for (var i = 0u; i < WORKGROUP_SIZE; i++) {
        top = max(top, tops[i]);
      }
      shift = select(top, 0.0, top < IMPOSSIBLE);
    }
    taken += shift;
    var top = NEVER;
    for (var base = 0u; base < params.states; base += WORKGROUP_SIZE) {
      let s = base + lane;
      if (s < params.states) {
        let at = (t * params.batch + item) * params.states + s;
        var value = 0.0;
        if (s < count) {
          let x = load_x(at);
          lost = select(lost, 1.0, is_lost(x));
          var before = select(NEVER, 0.0, s < 2u);
          if (t > 0u) {
            let previous = select(NEVER, rows[old + max(s, 1u) - 1u], s > 0u);
            let skipped = select(NEVER, rows[old + max(s, 2u) - 2u], skips(labels, s));
            before = log_sum(rows[old + s], previous, skipped) - shift;
          }
          value = max(before + emission(x), NEVER);
          rows[now + s] = value;
          top = max(top, value);
        }
        store_y(params.batch + at, value);
      }
    }
    if ((t & 7u) == 7u) {
      tops[lane] = top;
    }
    workgroupBarrier();
  }
  for (var t = end; t < params.time; t++) {
    for (var base = 0u; base < params.states; base += WORKGROUP_SIZE) {
      if (base + lane < params.states) {
        store_y(params.batch + (t * params.batch + item) * params.states + base + lane, 0.0);
      }
    }
  }
  workgroupBarrier();
  tops[lane] = lost;
  workgroupBarrier();

  if (lane == 0u) {
    for (var i = 0u; i < WORKGROUP_SIZE; i++) {
      lost += tops[i];
    }
    var sum = select(NEVER, 0.0, count == 1u);
    if (end > 0u) {
      let last = ((end - 1u) & 1u) * half + count - 1u;
      sum = log_sum(rows[last], select(NEVER, rows[last - min(count - 1u, 1u)], count > 1u), NEVER);
    }
    let loss = select(-(sum + taken), bitcast<f32>(params.infinity), sum < IMPOSSIBLE);
    store_y(item, select(loss, bitcast<f32>(params.notANumber), lost > 0.0 || !isValid));
  }
}
