// decode_attention_rows: y = softmax(scale q keys^T) values for few queries against the valid part of a long cache.
//
// Layout    q: [batch, heads, queries, depth], keys: [batch, kvHeads, capacity, depth], values: [batch, kvHeads, capacity,
//           width], each at any strides along all axes but the last; lengths: i32 [batch]. Rows of one key head lie
//           together: row = head * queries + query. y: [batch * heads * queries, width]; with SPLIT, [..., splits,
//           stride], a row being sum w v, then from the next multiple of 4 on the largest score and sum w.
// Work      one workgroup per ROWS rows, COLUMNS quads of columns and split of the keys. Of each block of WORKGROUP_SIZE
//           keys an invocation scores one; then WORKGROUP_SIZE / COLUMNS slices of invocations share its values.
// Memory    reads the valid keys and values once per workgroup of their head and split; 16 * (2 * WORKGROUP_SIZE + SLOTS)
//           bytes of workgroup memory.
// Numerics  online softmax: a running maximum rescales what was summed, block by block. Query t sees lengths + t keys; a
//           row that sees none gives 0.
// Limits    ROWS is 1 or 4; COLUMNS a power of two, at most WORKGROUP_SIZE, a multiple of 4; SLOTS = (ROWS + 1) *
//           WORKGROUP_SIZE.

struct Params {
  rows: u32, // of one key head: heads / kvHeads * queries
  rowBlocks: u32,
  columnBlocks: u32,
  splits: u32,
  groups: u32, // workgroups that have work
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

override WORKGROUP_SIZE: u32 = 64;
override ROWS: u32 = 1;
override COLUMNS: u32 = 16;
override SLOTS: u32 = 128; // (ROWS + 1) * WORKGROUP_SIZE
override SPLIT: bool = false;

const LOWEST = -3.4028234e38;

var<workgroup> scores: array<vec4<f32>, WORKGROUP_SIZE>;
var<workgroup> weights: array<vec4<f32>, WORKGROUP_SIZE>;
var<workgroup> partial: array<vec4<f32>, SLOTS>;

// Where a row of q begins; rows past the last repeat it.
fn query_start(batch: u32, head: u32, row: u32) -> u32 {
  let inside = min(row, params.rows - 1u);
  let group = inside / params.queries;
  let queryHead = head * (params.rows / params.queries) + group;
  let query = inside - group * params.queries;
  return params.qOffset + batch * params.qBatch + queryHead * params.qHead + query * params.qRow;
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

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  var rest = group.y * groups.x + group.x;
  if (rest >= params.groups) {
    return;
  }
  let split = rest % params.splits;
  rest /= params.splits;
  let columnBlock = rest % params.columnBlocks;
  rest /= params.columnBlocks;
  let firstRow = rest % params.rowBlocks * ROWS;
  rest /= params.rowBlocks;
  let batch = rest / params.kvHeads;
  let head = rest - batch * params.kvHeads;

  // How many keys each row sees, and the most.
  let length = load_lengths(batch);
  let queries = (vec4<u32>(firstRow) + vec4<u32>(0u, 1u, 2u, 3u)) % vec4<u32>(params.queries);
  let capacity = vec4<i32>(i32(params.capacity));
  let seen = clamp(min(vec4<i32>(length), capacity) + vec4<i32>(queries), vec4<i32>(), capacity);
  let limits = vec4<u32>(seen);
  var most = limits.x;
  if (ROWS > 1u) {
    most = max(max(limits.x, limits.y), max(limits.z, limits.w));
  }
  let blocks = (most + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let part = (blocks + params.splits - 1u) / params.splits * WORKGROUP_SIZE;
  let first = split * part;
  let end = min(first + part, most);

  let slices = WORKGROUP_SIZE / COLUMNS;
  let slice = lane / COLUMNS;
  let column = (columnBlock * COLUMNS + lane % COLUMNS) * 4u;
  let q0 = query_start(batch, head, firstRow);
  let q1 = query_start(batch, head, firstRow + 1u);
  let q2 = query_start(batch, head, firstRow + 2u);
  let q3 = query_start(batch, head, firstRow + 3u);
  let startKeys = params.keysOffset + batch * params.keysBatch + head * params.keysHead;
  let startValues = params.valuesOffset + batch * params.valuesBatch + head * params.valuesHead + column;
  let wholeDepth = params.depth / 4u * 4u;

  var largest = vec4<f32>(LOWEST);
  var total = vec4<f32>();
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();

  for (var base = first; base < end; base += WORKGROUP_SIZE) {
    let key = base + lane;
    var score = vec4<f32>();
    if (key < end) {
      let at = startKeys + key * params.keysRow;
      for (var d = 0u; d < wholeDepth; d += 4u) {
        let quad = load_keys4(at + d);
        score.x += dot(load_q4(q0 + d), quad);
        if (ROWS > 1u) {
          score.y += dot(load_q4(q1 + d), quad);
          score.z += dot(load_q4(q2 + d), quad);
          score.w += dot(load_q4(q3 + d), quad);
        }
      }
      for (var d = wholeDepth; d < params.depth; d++) {
        let one = load_keys(at + d);
        score.x += load_q(q0 + d) * one;
        if (ROWS > 1u) {
          score.y += load_q(q1 + d) * one;
          score.z += load_q(q2 + d) * one;
          score.w += load_q(q3 + d) * one;
        }
      }
    }
    let isSeen = vec4<u32>(key) < min(limits, vec4<u32>(end));
    score = select(vec4<f32>(LOWEST), score * params.scale, isSeen);
    scores[lane] = score;
    workgroupBarrier();

    var next = largest;
    for (var i = 0u; i < WORKGROUP_SIZE; i++) {
      next = max(next, scores[i]);
    }
    weights[lane] = select(vec4<f32>(), exp(score - next), isSeen);
    let factor = exp(largest - next);
    largest = next;
    total *= factor;
    sum0 *= factor.x;
    sum1 *= factor.y;
    sum2 *= factor.z;
    sum3 *= factor.w;
    workgroupBarrier();

    let count = min(end - base, WORKGROUP_SIZE);
    if (column < params.width) {
      for (var i = slice; i < count; i += slices) {
        let weight = weights[i];
        let value = load_values4(startValues + (base + i) * params.valuesRow);
        total += weight;
        // What a row does not see may be anything, and must not reach it even times 0.
        sum0 = select(sum0, sum0 + weight.x * value, weight.x > 0.0);
        if (ROWS > 1u) {
          sum1 = select(sum1, sum1 + weight.y * value, weight.y > 0.0);
          sum2 = select(sum2, sum2 + weight.z * value, weight.z > 0.0);
          sum3 = select(sum3, sum3 + weight.w * value, weight.w > 0.0);
        }
      }
    }
  }

  partial[lane] = total;
  partial[1u * WORKGROUP_SIZE + lane] = sum0;
  if (ROWS > 1u) {
    partial[2u * WORKGROUP_SIZE + lane] = sum1;
    partial[3u * WORKGROUP_SIZE + lane] = sum2;
    partial[4u * WORKGROUP_SIZE + lane] = sum3;
  }
  workgroupBarrier();
  // Slice r adds up row r.
  for (var row = slice; row < ROWS; row += slices) {
    if (firstRow + row < params.rows && column < params.width) {
      var weight = 0.0;
      var sum = vec4<f32>();
      for (var other = 0u; other < slices; other++) {
        let place = other * COLUMNS + lane % COLUMNS;
        weight += partial[place][row];
        sum += partial[(row + 1u) * WORKGROUP_SIZE + place];
      }
      let index = (batch * params.kvHeads + head) * params.rows + firstRow + row;
      if (SPLIT) {
        let start = (index * params.splits + split) * params.stride;
        store_y4(start + column, sum);
        if (column == 0u) {
          store_y4(start + params.stride - 4u, vec4<f32>(largest[row], weight, 0.0, 0.0));
        }
      } else {
        store_row(index * params.width, column, select(sum / weight, vec4<f32>(), bitcast<u32>(weight) == 0u));
      }
    }
  }
}
