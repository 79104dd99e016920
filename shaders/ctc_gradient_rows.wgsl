// ctc_gradient_rows: the gradient of ctc_forward: dx[t, s] = dy[t, s] + the sum over s' = s, s + 1, s + 2 of dx[t + 1, s'] times the
// share that a[t, s] has in a[t + 1, s']; in the end each of the last two states has its share of -dy of the loss
//
// Layout    forward: what ctc_forward gives, the losses [batch], then a [time, batch, states]; labels: i32 [batch, states];
//           steps, counts: i32 [batch], of inputs and of labels; dy: as forward. dx: [time, batch, states], 0 after the lengths.
// Work      one workgroup per sequence, folded into x and y, from the last step on; invocations share the states, with a barrier
//           after each step.
// Memory    reads five neighbours of forward for each element of dx, writes dx once; 4 * SLOTS bytes of workgroup memory.
// Numerics  f32. Shares are quotients of exponentials of differences in one row of a, and add up to 1: no sum can grow. Where
//           the loss is no finite number its gradient is NaN, or 0 where its dy is.
// Limits    SLOTS is at least twice the states.

struct Params {
  time: u32,
  batch: u32,
  states: u32, // of the longest targets: one for each label, and a blank before, between and after them
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> forward: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> steps: array<i32>;
@group(0) @binding(4) var<storage, read> counts: array<i32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

fn load_forward(i: u32) -> f32 {
  return forward[i];
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

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override SLOTS: u32 = 256;

const NEVER = -1e30; // the logarithm of 0
const LEAST = -87.0; // exp of it is the smallest normal number

var<workgroup> rows: array<f32, SLOTS>; // this row and the one after, taking turns

// Whether state s may come right after s - 2: unless both are the same label, or blanks.
fn skips(labels: u32, s: u32) -> bool {
  return s > 1u && load_labels(labels + s) != load_labels(labels + max(s, 2u) - 2u);
}

// The share of exp(mine) in exp(mine) + exp(b) + exp(c).
fn share(mine: f32, b: f32, c: f32) -> f32 {
  return 1.0 / (1.0 + exp(clamp(b - mine, LEAST, -LEAST)) + exp(clamp(c - mine, LEAST, -LEAST)));
}

fn load_path(row: u32, s: u32, isThere: bool) -> f32 {
  return select(NEVER, load_forward(row + s), isThere);
}

// -dy of the loss, as it goes into the last two states.
fn loss_slope(item: u32) -> f32 {
  let slope = -load_dy(item);
  let isFinite = (bitcast<u32>(load_forward(item)) & 0x7fffffffu) < 0x7f800000u;
  return select(bitcast<f32>(params.notANumber), slope, isFinite || (bitcast<u32>(slope) & 0x7fffffffu) == 0u);
}

// What comes back from the row after `row`, in which dx of s, s + 1 and s + 2 is given.
fn pulled(row: u32, labels: u32, s: u32, count: u32, next0: f32, next1: f32, next2: f32) -> f32 {
  let a = load_forward(row + s);
  let before = load_path(row, max(s, 1u) - 1u, s > 0u);
  let skipped = load_path(row, max(s, 2u) - 2u, skips(labels, s));
  var sum = next0 * share(a, before, skipped);
  if (s + 1u < count) {
    let after = load_forward(row + s + 1u);
    sum += next1 * share(a, after, select(NEVER, before, skips(labels, s + 1u)));
    if (s + 2u < count && skips(labels, s + 2u)) {
      sum += next2 * share(a, after, load_forward(row + s + 2u));
    }
  }
  return sum;
}

// The share of state s in the end of a path.
fn end_share(row: u32, s: u32, count: u32) -> f32 {
  if (s + 2u < count) {
    return 0.0;
  }
  let other = load_path(row, select(s + 1u, max(s, 1u) - 1u, s + 1u == count), count > 1u);
  return share(load_forward(row + s), other, NEVER);
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
  let slope = loss_slope(item);
  let half = SLOTS / 2u;

  for (var left = params.time; left > 0u; left--) {
    let t = left - 1u;
    let now = (t & 1u) * half;
    let next = half - now;
    let start = (t * params.batch + item) * params.states;
    for (var base = 0u; base < params.states; base += WORKGROUP_SIZE) {
      let s = base + lane;
      if (s < params.states) {
        var value = 0.0;
        if (t < end && s < count) {
          value = load_dy(params.batch + start + s);
          let row = params.batch + start;
          if (left == end) {
            if (s + 2u >= count) {
              value += slope * end_share(row, s, count);
            }
          } else {
            let last = count - 1u;
            value += pulled(
              row, labels, s, count, rows[next + s], rows[next + min(s + 1u, last)], rows[next + min(s + 2u, last)]);
          }
          rows[now + s] = value;
        }
        store_dx(start + s, value);
      }
    }
    workgroupBarrier();
  }
}
