// decode_attention_serial: y = softmax(scale q keys^T) values for few queries against the valid part of a long cache.
//
// Layout    q: [batch, heads, queries, depth], keys: [batch, kvHeads, capacity, depth], values: [batch, kvHeads, capacity,
//           width], each at any strides along all axes but the last; lengths: i32 [batch]. Rows of one key head lie
//           together: row = head * queries + query. y: [batch * heads * queries, width]; with SPLIT, [..., splits,
//           stride], a row being sum w v, then from the next multiple of 4 on the largest score and sum w.
// Work      one invocation per row, QUADS quads of columns and split of the keys; it takes four keys at a time. No barriers.
// Memory    reads the valid keys and values once for each row, and the row of q for every four keys.
// Numerics  online softmax: a running maximum rescales what was summed, four keys at a time. Query t sees lengths + t
//           keys; a row that sees none gives 0.
// Limits    QUADS is 4, 8 or 16.

struct Params {
  rows: u32, // of one key head: heads / kvHeads * queries
  columnBlocks: u32,
  splits: u32,
  invocations: u32, // invocations that have work
  kvHeads: u32,
  queries: u32,
  capacity: u32,
  depth: u32,
  width: u32,
  stride: u32,
  scale: f32,
  qBatch: u32,
  qHead: u32,
  qRow: u32,
  qOffset: u32,
  keysBatch: u32,
  keysHead: u32,
  keysRow: u32,
  keysOffset: u32,
  valuesBatch: u32,
  valuesHead: u32,
  valuesRow: u32,
  valuesOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> lengths: array<i32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn load_q(i: u32) -> f32 {
  return q[i];
}

fn load_q4(i: u32) -> vec4<f32> {
  return vec4<f32>(q[i], q[i + 1u], q[i + 2u], q[i + 3u]);
}

fn load_keys(i: u32) -> f32 {
  return keys[i];
}

fn load_keys4(i: u32) -> vec4<f32> {
  return vec4<f32>(keys[i], keys[i + 1u], keys[i + 2u], keys[i + 3u]);
}

fn load_values4(i: u32) -> vec4<f32> {
  return vec4<f32>(values[i], values[i + 1u], values[i + 2u], values[i + 3u]);
}

fn load_lengths(i: u32) -> i32 {
  return lengths[i];
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
override QUADS: u32 = 16;
override SPLIT: bool = false;

const LOWEST = -3.4028234e38;

// The scores of four keys, which begin at `at`.
fn score4(start: u32, at: vec4<u32>) -> vec4<f32> {
  let whole = params.depth / 4u * 4u;
  var score0 = vec4<f32>();
  var score1 = vec4<f32>();
  var score2 = vec4<f32>();
  var score3 = vec4<f32>();
  for (var d = 0u; d < whole; d += 4u) {
    let query = load_q4(start + d);
    score0 += query * load_keys4(at.x + d);
    score1 += query * load_keys4(at.y + d);
    score2 += query * load_keys4(at.z + d);
    score3 += query * load_keys4(at.w + d);
  }
  var score = vec4<f32>(
    (score0.x + score0.y) + (score0.z + score0.w),
    (score1.x + score1.y) + (score1.z + score1.w),
    (score2.x + score2.y) + (score2.z + score2.w),
    (score3.x + score3.y) + (score3.z + score3.w),
  );
  for (var d = whole; d < params.depth; d++) {
    let keys4 = vec4<f32>(load_keys(at.x + d), load_keys(at.y + d), load_keys(at.z + d), load_keys(at.w + d));
    score += load_q(start + d) * keys4;
  }
  return score * params.scale;
}

// Adds the values of four keys at one quad of columns. Keys that are not seen repeat the last one, at a weight of 0.
fn add_values(sum: vec4<f32>, factor: f32, weight: vec4<f32>, at: vec4<u32>) -> vec4<f32> {
  return sum * factor
    + ((weight.x * load_values4(at.x) + weight.y * load_values4(at.y))
      + (weight.z * load_values4(at.z) + weight.w * load_values4(at.w)));
}

fn store_row(start: u32, column: u32, v: vec4<f32>) {
  if (column + 4u <= params.width) {
    store_y4(start + column, v);
    return;
  }
  if (column < params.width) {
    store_y(start + column, v.x);
  }
  if (column + 1u < params.width) {
    store_y(start + column + 1u, v.y);
  }
  if (column + 2u < params.width) {
    store_y(start + column + 2u, v.z);
  }
}

// A quad of the row's result: a sum where the keys are split, else divided by `total`, which is 0 where no key is seen.
fn store_quad(index: u32, split: u32, column: u32, sum: vec4<f32>, total: f32) {
  if (column >= params.width) {
    return;
  }
  if (SPLIT) {
    store_y4((index * params.splits + split) * params.stride + column, sum);
  } else {
    store_row(index * params.width, column, select(sum / total, vec4<f32>(), bitcast<u32>(total) == 0u));
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  var rest = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (rest >= params.invocations) {
    return;
  }
  let columnBlock = rest % params.columnBlocks;
  rest /= params.columnBlocks;
  let split = rest % params.splits;
  let index = rest / params.splits;
  let pair = index / params.rows;
  let row = index - pair * params.rows;
  let batch = pair / params.kvHeads;
  let head = pair - batch * params.kvHeads;
  let member = row / params.queries;
  let query = row - member * params.queries;

  let capacity = i32(params.capacity);
  let limit = u32(clamp(min(load_lengths(batch), capacity) + i32(query), 0, capacity));
  let part = ((limit + 3u) / 4u + params.splits - 1u) / params.splits * 4u;
  let end = min(split * part + part, limit);

  let queryHead = head * (params.rows / params.queries) + member;
  let startQuery = params.qOffset + batch * params.qBatch + queryHead * params.qHead + query * params.qRow;
  let startKeys = params.keysOffset + batch * params.keysBatch + head * params.keysHead;
  let column = columnBlock * QUADS * 4u;
  let startValues = params.valuesOffset + batch * params.valuesBatch + head * params.valuesHead + column;

  var largest = LOWEST;
  var total = 0.0;
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();
  var sum8 = vec4<f32>();
  var sum9 = vec4<f32>();
  var sum10 = vec4<f32>();
  var sum11 = vec4<f32>();
  var sum12 = vec4<f32>();
  var sum13 = vec4<f32>();
  var sum14 = vec4<f32>();
  var sum15 = vec4<f32>();
  for (var key = split * part; key < end; key += 4u) {
    let keys4 = vec4<u32>(key) + vec4<u32>(0u, 1u, 2u, 3u);
    let inside = min(keys4, vec4<u32>(end - 1u));
    let score = select(
      vec4<f32>(LOWEST),
      score4(startQuery, vec4<u32>(startKeys) + inside * params.keysRow),
      keys4 < vec4<u32>(end),
    );
    let next = max(max(largest, max(score.x, score.y)), max(score.z, score.w));
    let weight = select(vec4<f32>(), exp(score - next), keys4 < vec4<u32>(end));
    let factor = exp(largest - next);
    largest = next;
    total = total * factor + ((weight.x + weight.y) + (weight.z + weight.w));
    let at = vec4<u32>(startValues) + inside * params.valuesRow;
    sum0 = add_values(sum0, factor, weight, at);
    sum1 = add_values(sum1, factor, weight, at + vec4<u32>(4u));
    sum2 = add_values(sum2, factor, weight, at + vec4<u32>(8u));
    sum3 = add_values(sum3, factor, weight, at + vec4<u32>(12u));
    if (QUADS > 4u) {
      sum4 = add_values(sum4, factor, weight, at + vec4<u32>(16u));
      sum5 = add_values(sum5, factor, weight, at + vec4<u32>(20u));
      sum6 = add_values(sum6, factor, weight, at + vec4<u32>(24u));
      sum7 = add_values(sum7, factor, weight, at + vec4<u32>(28u));
    }
    if (QUADS > 8u) {
      sum8 = add_values(sum8, factor, weight, at + vec4<u32>(32u));
      sum9 = add_values(sum9, factor, weight, at + vec4<u32>(36u));
      sum10 = add_values(sum10, factor, weight, at + vec4<u32>(40u));
      sum11 = add_values(sum11, factor, weight, at + vec4<u32>(44u));
      sum12 = add_values(sum12, factor, weight, at + vec4<u32>(48u));
      sum13 = add_values(sum13, factor, weight, at + vec4<u32>(52u));
      sum14 = add_values(sum14, factor, weight, at + vec4<u32>(56u));
      sum15 = add_values(sum15, factor, weight, at + vec4<u32>(60u));
    }
  }

  store_quad(index, split, column, sum0, total);
  store_quad(index, split, column + 4u, sum1, total);
  store_quad(index, split, column + 8u, sum2, total);
  store_quad(index, split, column + 12u, sum3, total);
  if (QUADS > 4u) {
    store_quad(index, split, column + 16u, sum4, total);
    store_quad(index, split, column + 20u, sum5, total);
    store_quad(index, split, column + 24u, sum6, total);
    store_quad(index, split, column + 28u, sum7, total);
  }
  if (QUADS > 8u) {
    store_quad(index, split, column + 32u, sum8, total);
    store_quad(index, split, column + 36u, sum9, total);
    store_quad(index, split, column + 40u, sum10, total);
    store_quad(index, split, column + 44u, sum11, total);
    store_quad(index, split, column + 48u, sum12, total);
    store_quad(index, split, column + 52u, sum13, total);
    store_quad(index, split, column + 56u, sum14, total);
    store_quad(index, split, column + 60u, sum15, total);
  }
  if (SPLIT && column == 0u) {
    store_y4((index * params.splits + split + 1u) * params.stride - 4u, vec4<f32>(largest, total, 0.0, 0.0));
  }
}
