// sample_filter_rows: y = w / sum w over the tokens that are kept, w = exp((logits - max) / temperature); 0 elsewhere.
//
// Layout    logits, y: [rows, cols], row-major; temperature, topK (i32), topP: [rows].
// Work      one workgroup per row, folded into x and y. A rank is found without sorting, two bits of the logit at a time.
// Memory    reads a row about 40 times, so it should fit a cache; writes y once; 16 * WORKGROUP_SIZE bytes of workgroup
//           memory.
// Numerics  tokens rank by logit, equal ones by index. Kept are the first topK (at least 1), and of these the fewest whose
//           w add up to topP of the sum over them (at least 1; all for topP >= 1). Temperatures below the least normal f32
//           keep the first alone. Sums in f32. A row with NaN, +infinity or nothing above -infinity gives NaN.
// Limits    WORKGROUP_SIZE is a power of two; cols < 2^24.

struct Params {
  rows: u32,
  cols: u32,
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> temperature: array<f32>;
@group(0) @binding(3) var<storage, read> topK: array<i32>;
@group(0) @binding(4) var<storage, read> topP: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn load_logits(i: u32) -> f32 {
  return logits[i];
}

fn load_logits4(i: u32) -> vec4<f32> {
  return vec4<f32>(logits[i], logits[i + 1u], logits[i + 2u], logits[i + 3u]);
}

fn load_temperature(i: u32) -> f32 {
  return temperature[i];
}

fn load_topK(i: u32) -> i32 {
  return topK[i];
}

fn load_topP(i: u32) -> f32 {
  return topP[i];
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

override WORKGROUP_SIZE: u32 = 256;

const INFINITY = 0x7f800000u;
const KEY_OF_INFINITY = 0xff800000u;
const KEY_OF_MINUS_INFINITY = 0x007fffffu;
const LEAST_NORMAL = 1.1754944e-38;
// exp of this is 0.
const LEAST_EXPONENT = -200.0;
const LEAST_SHARE = 1e-20;

// The tokens kept so far: those with a larger key, and those with this key and an index below the bound.
struct Cut {
  key: u32,
  bound: u32,
}

// What a row is searched with.
struct Row {
  start: u32,
  lane: u32,
  top: f32, // the largest logit
  inverse: f32, // 1 / temperature
}

var<workgroup> shared4: array<vec4<u32>, WORKGROUP_SIZE>;
var<workgroup> foundBound: u32;

fn sum_of_all(lane: u32, v: vec4<f32>) -> vec4<f32> {
  shared4[lane] = bitcast<vec4<u32>>(v);
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      let sum = bitcast<vec4<f32>>(shared4[lane]) + bitcast<vec4<f32>>(shared4[lane + span]);
      shared4[lane] = bitcast<vec4<u32>>(sum);
    }
    workgroupBarrier();
  }
  let result = bitcast<vec4<f32>>(shared4[0]);
  workgroupBarrier();
  return result;
}

fn max_of_all(lane: u32, v: vec4<u32>) -> vec4<u32> {
  shared4[lane] = v;
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    if (lane < span) {
      shared4[lane] = max(shared4[lane], shared4[lane + span]);
    }
    workgroupBarrier();
  }
  let result = shared4[0];
  workgroupBarrier();
  return result;
}

// Whole numbers in the order of the f32 with these bits; -0 counts as 0.
fn keys_of(bits: vec4<u32>) -> vec4<u32> {
  let plain = select(bits, vec4<u32>(), bits == vec4<u32>(0x80000000u));
  let isNegative = plain >= vec4<u32>(0x80000000u);
  return select(plain | vec4<u32>(0x80000000u), ~plain, isNegative);
}

fn values_of(keys: vec4<u32>) -> vec4<f32> {
  let isNegative = keys < vec4<u32>(0x80000000u);
  return bitcast<vec4<f32>>(select(keys & vec4<u32>(0x7fffffffu), ~keys, isNegative));
}

fn places_from(col: u32) -> vec4<u32> {
  return vec4<u32>(col) + vec4<u32>(0u, 1u, 2u, 3u);
}

// The keys of four tokens; 0, which is below every number's, past the row's end.
fn load_keys4(start: u32, col: u32) -> vec4<u32> {
  let keys = keys_of(bitcast<vec4<u32>>(load_logits4(start + col)));
  return select(vec4<u32>(), keys, places_from(col) < vec4<u32>(params.cols));
}

fn is_kept(keys: vec4<u32>, col: u32, cut: Cut) -> vec4<bool> {
  let isInBound = (keys == vec4<u32>(cut.key)) & (places_from(col) < vec4<u32>(cut.bound));
  return (keys > vec4<u32>(cut.key)) | isInBound;
}

// exp((value - top) / temperature) of what is kept.
fn weights_of(keys: vec4<u32>, col: u32, row: Row, cut: Cut) -> vec4<f32> {
  let exponent = max((values_of(keys) - row.top) * row.inverse, vec4<f32>(LEAST_EXPONENT));
  return select(vec4<f32>(), exp(exponent), is_kept(keys, col, cut));
}

fn add_up(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn mass_of(row: Row, cut: Cut) -> f32 {
  var sum = vec4<f32>();
  for (var col = 4u * row.lane; col < params.cols; col += 4u * WORKGROUP_SIZE) {
    sum += weights_of(load_keys4(row.start, col), col, row, cut);
  }
  // Summed as first_tokens does, so that all of it is enough there.
  return sum_of_all(row.lane, vec4<f32>(add_up(sum), 0.0, 0.0, 0.0)).x;
}

// Of the first tokens as many as it takes for their number, or their mass, to reach `wanted`.
fn first_tokens(row: Row, cut: Cut, byMass: bool, wanted: f32) -> Cut {
  var key = 0u; // the largest found so far such that the tokens from it on suffice
  var above = 0.0; // what those beyond all that were tried add up to
  for (var shift = 32u; shift > 0u;) {
    shift -= 2u;
    let candidates = vec4<u32>(key) | (vec4<u32>(1u, 2u, 3u, 3u) << vec4<u32>(shift));
    var one = vec4<f32>();
    var two = vec4<f32>();
    var three = vec4<f32>();
    for (var col = 4u * row.lane; col < params.cols; col += 4u * WORKGROUP_SIZE) {
      let keys = load_keys4(row.start, col);
      var weights = vec4<f32>(1.0);
      if (byMass) {
        weights = weights_of(keys, col, row, cut);
      }
      one += select(vec4<f32>(), weights, keys >= candidates.xxxx);
      two += select(vec4<f32>(), weights, keys >= candidates.yyyy);
      three += select(vec4<f32>(), weights, keys >= candidates.zzzz);
    }
    let sums = sum_of_all(row.lane, vec4<f32>(add_up(one), add_up(two), add_up(three), 0.0));
    if (sums.z >= wanted) {
      key = candidates.z;
    } else if (sums.y >= wanted) {
      key = candidates.y;
      above = sums.z;
    } else if (sums.x >= wanted) {
      key = candidates.x;
      above = sums.y;
    } else {
      above = sums.x;
    }
  }
  // Where all that is kept is not enough, all of it.
  key = max(key, cut.key);
  var each = 1.0;
  if (byMass) {
    each = exp(max((values_of(vec4<u32>(key)).x - row.top) * row.inverse, LEAST_EXPONENT));
  }
  let bound = select(params.cols, cut.bound, key == cut.key);
  return Cut(key, bound_of(row, key, max(1.0, ceil((wanted - above) / each)), bound));
}

// The least bound below which `wanted` tokens have this key, or `limit` if there are no more than that.
fn bound_of(row: Row, key: u32, wanted: f32, limit: u32) -> u32 {
  let chunk = (params.cols + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let first = min(row.lane * chunk, limit);
  let end = min(first + chunk, limit);
  var count = 0u;
  for (var col = first; col < end; col++) {
    count += select(0u, 1u, load_key(row.start + col) == key);
  }
  shared4[row.lane] = vec4<u32>(count);
  if (row.lane == 0u) {
    foundBound = limit;
  }
  workgroupBarrier();
  var seen = 0u;
  for (var lane = 0u; lane < WORKGROUP_SIZE; lane++) {
    seen += select(0u, shared4[lane].x, lane < row.lane);
  }
  for (var col = first; col < end; col++) {
    if (load_key(row.start + col) == key) {
      seen++;
      if (f32(seen) == wanted) {
        foundBound = col + 1u;
      }
    }
  }
  workgroupBarrier();
  let result = foundBound;
  workgroupBarrier();
  return result;
}

fn load_key(i: u32) -> u32 {
  return keys_of(vec4<u32>(bitcast<u32>(load_logits(i)))).x;
}

fn store_quad(start: u32, col: u32, v: vec4<f32>) {
  let i = start + col;
  if (col + 4u <= params.cols) {
    store_y4(i, v);
    return;
  }
  store_y(i, v.x);
  if (col + 1u < params.cols) {
    store_y(i + 1u, v.y);
  }
  if (col + 2u < params.cols) {
    store_y(i + 2u, v.z);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if (index >= params.rows) {
    return;
  }
  let start = index * params.cols;

  var highest = vec4<u32>();
  var peak = vec4<u32>();
  for (var col = 4u * lane; col < params.cols; col += 4u * WORKGROUP_SIZE) {
    let bits = bitcast<vec4<u32>>(load_logits4(start + col));
    let isInside = places_from(col) < vec4<u32>(params.cols);
    highest = max(highest, select(vec4<u32>(), keys_of(bits), isInside));
    peak = max(peak, select(vec4<u32>(), bits & vec4<u32>(0x7fffffffu), isInside));
  }
  let extremes = max_of_all(lane, vec4<u32>(
    max(max(highest.x, highest.y), max(highest.z, highest.w)),
    max(max(peak.x, peak.y), max(peak.z, peak.w)),
    0u,
    0u,
  ));
  let isLost = extremes.y > INFINITY || extremes.x == KEY_OF_INFINITY || extremes.x <= KEY_OF_MINUS_INFINITY;

  let heat = load_temperature(index);
  let isGreedy = heat < LEAST_NORMAL;
  let inverse = select(1.0 / heat, 0.0, isGreedy);
  let row = Row(start, lane, values_of(extremes.xxxx).x, inverse);
  let count = select(u32(max(load_topK(index), 1)), 1u, isGreedy);
  var cut = Cut(0u, 0u);
  if (count < params.cols) {
    cut = first_tokens(row, cut, false, f32(count));
  }
  var mass = mass_of(row, cut);
  let share = load_topP(index);
  if (share < 1.0 && !isGreedy) {
    cut = first_tokens(row, cut, true, max(share, LEAST_SHARE) * mass);
    mass = mass_of(row, cut);
  }

  let factor = select(1.0 / mass, bitcast<f32>(params.notANumber), isLost);
  for (var col = 4u * lane; col < params.cols; col += 4u * WORKGROUP_SIZE) {
    let weights = weights_of(load_keys4(start, col), col, row, cut);
    store_quad(start, col, select(weights * factor, vec4<f32>(factor), isLost));
  }
}
