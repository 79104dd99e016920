// sample_filter_serial: y = w / sum w over the tokens that are kept, w = exp((logits - max) / temperature); 0 elsewhere.
//
// Layout    logits, y: [rows, cols], row-major; temperature, topK (i32), topP: [rows].
// Work      one invocation per row, folded into x and y. A rank is found without sorting: an interval of logits is cut into
//           eight until it holds a single token, or equal ones. No barriers.
// Memory    reads a row about 10 to 20 times, writes y once.
// Numerics  tokens rank by logit, equal ones by index. Kept are the first topK (at least 1), and of these the fewest whose
//           w add up to topP of the sum over them (at least 1; all for topP >= 1). Temperatures below the least normal f32
//           keep the first alone. Sums in f32. A row with NaN, +infinity or nothing above -infinity gives NaN.
// Limits    cols < 2^24.

struct Params {
  rows: u32,
  cols: u32,
  block: u32, // how many quads are summed before they join the total
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

override WORKGROUP_SIZE: u32 = 4;

const INFINITY = 0x7f800000u;
const KEY_OF_INFINITY = 0xff800000u;
const KEY_OF_MINUS_INFINITY = 0x007fffffu;
const LEAST_NORMAL = 1.1754944e-38;
// exp of this is 0.
const LEAST_EXPONENT = -200.0;
const LEAST_SHARE = 1e-20;
const PASSES_BY_VALUE = 5u;
const LEAST_BY_VALUE = -1e30;

// The tokens kept so far: those with a larger key, and those with this key and an index below the bound.
struct Cut {
  key: u32,
  bound: u32,
}

// What a row is searched with.
struct Row {
  start: u32,
  bottom: u32, // the key of the least logit
  top: u32, // that of the largest
  largest: f32, // the largest logit
  inverse: f32, // 1 / temperature
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
  let exponent = max((values_of(keys) - row.largest) * row.inverse, vec4<f32>(LEAST_EXPONENT));
  return select(vec4<f32>(), exp(exponent), is_kept(keys, col, cut));
}

fn add_up(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// The sum of `block` steps is put to the total at once, so that its error stays small however long the row is.
fn mass_of(row: Row, cut: Cut) -> f32 {
  var total = 0.0;
  for (var col = 0u; col < params.cols;) {
    let stop = min(col + params.block * 4u, params.cols);
    var sum = vec4<f32>();
    for (; col < stop; col += 4u) {
      let keys = load_keys4(row.start, col);
      if (any(is_kept(keys, col, cut))) {
        sum += weights_of(keys, col, row, cut);
      }
    }
    total += add_up(sum);
  }
  return total;
}

// What a token between two candidates adds to sums over all tokens from each of four candidates on.
fn from_each(key: u32, candidates: vec4<u32>, weight: f32) -> vec4<f32> {
  return select(vec4<f32>(), vec4<f32>(weight), vec4<u32>(key) >= candidates);
}

// Keys that cut an interval into eight, the first of them `low`.
fn cuts_at(eighths: vec4<f32>, low: u32, high: u32, inKeys: bool) -> vec4<u32> {
  if (inKeys) {
    let step = (high - low) / 8u + 1u;
    return vec4<u32>(low) + vec4<u32>(eighths) * step;
  }
  let first = values_of(vec4<u32>(low));
  let step = (values_of(vec4<u32>(high)) - first) * 0.125;
  return clamp(keys_of(bitcast<vec4<u32>>(first + eighths * step)), vec4<u32>(low), vec4<u32>(high));
}

// Of the first tokens as many as it takes for their number, or their mass, to reach `wanted`.
fn first_tokens(row: Row, cut: Cut, byMass: bool, wanted: f32) -> Cut {
  // The tokens from `low` on suffice, those beyond `high` add up to `above`, which does not.
  var low = max(row.bottom, cut.key);
  var high = row.top;
  var above = 0.0;
  var passes = 0u;
  while (low < high) {
    // Logits lie closer to each other than keys do, so the first cuts are at equal distances of logits; but only those at
    // equal distances of keys are sure to come to an end.
    let inKeys = passes >= PASSES_BY_VALUE || values_of(vec4<u32>(low)).x < LEAST_BY_VALUE;
    var lows = cuts_at(vec4<f32>(0.0, 1.0, 2.0, 3.0), low, high, inKeys);
    lows.x = low; // also where it stands for a number so small that arithmetic takes it for 0
    let highs = cuts_at(vec4<f32>(4.0, 5.0, 6.0, 7.0), low, high, inKeys);
    passes++;
    var lowSums = vec4<f32>();
    var highSums = vec4<f32>();
    var lowCounts = vec4<f32>();
    var highCounts = vec4<f32>();
    for (var col = 0u; col < params.cols; col += 4u) {
      let keys = load_keys4(row.start, col);
      let isBetween = (keys >= vec4<u32>(low)) & (keys <= vec4<u32>(high));
      if (!any(isBetween)) {
        continue;
      }
      var ones = select(vec4<f32>(), vec4<f32>(1.0), isBetween);
      if (byMass) {
        let isIn = isBetween & is_kept(keys, col, cut);
        ones = select(vec4<f32>(), vec4<f32>(1.0), isIn);
        let weights = select(vec4<f32>(), weights_of(keys, col, row, cut), isIn);
        lowSums += (from_each(keys.x, lows, weights.x) + from_each(keys.y, lows, weights.y))
          + (from_each(keys.z, lows, weights.z) + from_each(keys.w, lows, weights.w));
        highSums += (from_each(keys.x, highs, weights.x) + from_each(keys.y, highs, weights.y))
          + (from_each(keys.z, highs, weights.z) + from_each(keys.w, highs, weights.w));
      }
      lowCounts += (from_each(keys.x, lows, ones.x) + from_each(keys.y, lows, ones.y))
        + (from_each(keys.z, lows, ones.z) + from_each(keys.w, lows, ones.w));
      highCounts += (from_each(keys.x, highs, ones.x) + from_each(keys.y, highs, ones.y))
        + (from_each(keys.z, highs, ones.z) + from_each(keys.w, highs, ones.w));
    }
    if (!byMass) {
      lowSums = lowCounts;
      highSums = highCounts;
    }
    // The last of the eight from which on there is enough.
    let lowEnough = vec4<f32>(above) + lowSums >= vec4<f32>(wanted);
    let highEnough = vec4<f32>(above) + highSums >= vec4<f32>(wanted);
    let last = u32(add_up(select(vec4<f32>(), vec4<f32>(0.0, 1.0, 1.0, 1.0), lowEnough))
      + add_up(select(vec4<f32>(), vec4<f32>(1.0), highEnough)));
    above += pick(lowSums, highSums, last + 1u);
    let count = pick(lowCounts, highCounts, last) - pick(lowCounts, highCounts, last + 1u);
    if (last < 7u) {
      high = select(highs[(last + 1u) & 3u], lows[(last + 1u) & 3u], last < 3u) - 1u;
    }
    low = select(highs[last & 3u], lows[last & 3u], last < 4u);
    if (count == 1.0) {
      return Cut(low, select(params.cols, cut.bound, low == cut.key));
    }
  }
  var each = 1.0;
  if (byMass) {
    each = exp(max((values_of(vec4<u32>(low)).x - row.largest) * row.inverse, LEAST_EXPONENT));
  }
  let limit = select(params.cols, cut.bound, low == cut.key);
  return Cut(low, bound_of(row, low, max(1.0, ceil((wanted - above) / each)), limit));
}

// One of eight; 0 for the ninth.
fn pick(low: vec4<f32>, high: vec4<f32>, index: u32) -> f32 {
  if (index < 4u) {
    return low[index];
  }
  return select(0.0, high[index & 3u], index < 8u);
}

// The least bound below which `wanted` tokens have this key, or `limit` if there are no more than that.
fn bound_of(row: Row, key: u32, wanted: f32, limit: u32) -> u32 {
  var seen = 0.0;
  for (var col = 0u; col < limit; col += 4u) {
    let isEqual = load_keys4(row.start, col) == vec4<u32>(key);
    if (!any(isEqual)) {
      continue;
    }
    let ones = select(vec4<f32>(), vec4<f32>(1.0), isEqual);
    let counts = vec4<f32>(seen) + vec4<f32>(ones.x, ones.x + ones.y, (ones.x + ones.y) + ones.z, add_up(ones));
    if (counts.w >= wanted) {
      // As many places of the quad as do not have enough yet, and one.
      let short = select(vec4<f32>(), vec4<f32>(1.0), counts < vec4<f32>(wanted));
      return min(limit, col + u32(add_up(short)) + 1u);
    }
    seen = counts.w;
  }
  return limit;
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
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.rows) {
    return;
  }
  let start = index * params.cols;

  var highest = vec4<u32>();
  var lowest = vec4<u32>(0xffffffffu);
  var peak = vec4<u32>();
  for (var col = 0u; col < params.cols; col += 4u) {
    let bits = bitcast<vec4<u32>>(load_logits4(start + col));
    let keys = keys_of(bits);
    let isInside = places_from(col) < vec4<u32>(params.cols);
    highest = max(highest, select(vec4<u32>(), keys, isInside));
    lowest = min(lowest, select(vec4<u32>(0xffffffffu), keys, isInside));
    peak = max(peak, select(vec4<u32>(), bits & vec4<u32>(0x7fffffffu), isInside));
  }
  let top = max(max(highest.x, highest.y), max(highest.z, highest.w));
  let bottom = min(min(lowest.x, lowest.y), min(lowest.z, lowest.w));
  if (max(max(peak.x, peak.y), max(peak.z, peak.w)) > INFINITY || top == KEY_OF_INFINITY || top <= KEY_OF_MINUS_INFINITY) {
    for (var col = 0u; col < params.cols; col++) {
      store_y(start + col, bitcast<f32>(params.notANumber));
    }
    return;
  }

  let heat = load_temperature(index);
  let isGreedy = heat < LEAST_NORMAL;
  let inverse = select(1.0 / heat, 0.0, isGreedy);
  let row = Row(start, bottom, top, values_of(vec4<u32>(top)).x, inverse);
  var cut = Cut(0u, 0u);
  let count = select(u32(max(load_topK(index), 1)), 1u, isGreedy);
  if (count == 1u) {
    cut = Cut(top, bound_of(row, top, 1.0, params.cols));
  } else if (count < params.cols) {
    cut = first_tokens(row, cut, false, f32(count));
  }
  var mass = mass_of(row, cut);
  let share = load_topP(index);
  if (share < 1.0 && count > 1u) {
    cut = first_tokens(row, cut, true, max(share, LEAST_SHARE) * mass);
    mass = mass_of(row, cut);
  }

  let factor = 1.0 / mass;
  for (var col = 0u; col < params.cols; col += 4u) {
    let keys = load_keys4(start, col);
    var weights = vec4<f32>();
    if (any(is_kept(keys, col, cut))) {
      weights = weights_of(keys, col, row, cut) * factor;
    }
    store_quad(start, col, weights);
  }
}
