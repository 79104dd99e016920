// matmul_tiled64: y[p, b, i, j] = sum_l a[b, i, l] * b[b, l, j], l over part p of the inner size
//
// Layout    a: [m, k], or [k, m] with TRANSPOSE_A; b: [k, n], or [n, k] with TRANSPOSE_B; each repeated with its batch
//           stride, in elements, 0 for the same matrix every time. y: [parts, batch, m, n]. Row-major.
//           sums: [n] or [m].
// Work      one workgroup of 16 x 16 invocations per 64 x 64 tile of y, 4 x 4 elements each, in steps of 16 along k;
//           tiles of all matrices are counted in one row, folded into x and y, 8 tile rows to a band so that
//           neighbours share what the cache holds.
// Memory    reads a n / 64 times and b m / 64 times, writes y once; 8704 bytes of workgroup memory. Tiles keep the
//           direction in which their operand is stored; 4 x 4 blocks are turned in registers. Rows of 16 quads are
//           padded by one, or invocations side by side would meet in the same bank.
// Numerics  one f32 accumulator per element of y, in the order of l.
// Limits    part is a multiple of 16.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  part: u32, // how many l a part has
  batch: u32,
  matrices: u32, // parts * batch
  batchStrideA: u32,
  batchStrideB: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

fn load_a4(i: u32) -> vec4<f32> {
  return vec4<f32>(a[i], a[i + 1u], a[i + 2u], a[i + 3u]);
}

fn load_b4(i: u32) -> vec4<f32> {
  return vec4<f32>(b[i], b[i + 1u], b[i + 2u], b[i + 3u]);
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

fn store_sums(i: u32, v: f32) {
  sums[i] = v;
}
// end of seam

override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;
// What else is summed over l, where there is one part of one matrix: 1 for the columns of b, 2 for the rows of a.
override SUMS: u32 = 0;

const STEP = 16u; // along k
const BAND = 8u; // tile rows
var<workgroup> tileA: array<vec4<f32>, 272>;
var<workgroup> tileB: array<vec4<f32>, 272>;
// Where quad `slot` of a tile stands whose rows run along k. Rows past the last one hold anything, and are not stored.
fn along_k(start: u32, row: u32, l: u32, slot: u32) -> u32 {
  return start + (row + slot / 4u) * params.k + l + slot % 4u * 4u;
}

// The same of a tile whose rows run across k.
fn across_k(start: u32, col: u32, cols: u32, l: u32, slot: u32) -> u32 {
  return start + (l + slot / 16u) * cols + col + slot % 16u * 4u;
}

fn masked_along(v: vec4<f32>, l: u32, slot: u32, end: u32) -> vec4<f32> {
  let first = l + slot % 4u * 4u;
  return select(vec4<f32>(), v, vec4<u32>(first, first + 1u, first + 2u, first + 3u) < vec4<u32>(end));
}

fn masked_across(v: vec4<f32>, l: u32, slot: u32, end: u32) -> vec4<f32> {
  return select(vec4<f32>(), v, l + slot / 16u < end);
}

// What is outside the part becomes zero, whatever it was.
fn fetch_a(start: u32, row: u32, l: u32, slot: u32, end: u32) -> vec4<f32> {
  if (TRANSPOSE_A) {
    return masked_across(load_a4(across_k(start, row, params.m, l, slot)), l, slot, end);
  }
  return masked_along(load_a4(along_k(start, row, l, slot)), l, slot, end);
}

fn fetch_b(start: u32, col: u32, l: u32, slot: u32, end: u32) -> vec4<f32> {
  if (TRANSPOSE_B) {
    return masked_along(load_b4(along_k(start, col, l, slot)), l, slot, end);
  }
  return masked_across(load_b4(across_k(start, col, params.n, l, slot)), l, slot, end);
}

fn padded_a(slot: u32) -> u32 {
  return slot + slot / select(16u, 16u, TRANSPOSE_A);
}

fn padded_b(slot: u32) -> u32 {
  return slot + slot / select(16u, 16u, TRANSPOSE_B);
}

// Four rows of the tile of a at four l: component c of each result is l + c.
fn block_a(row: u32, quad: u32) -> mat4x4<f32> {
  if (TRANSPOSE_A) {
    let i = quad * 68u + row;
    return transpose(mat4x4<f32>(tileA[i], tileA[i + 17u], tileA[i + 34u], tileA[i + 51u]));
  }
  let i = row * 17u + quad;
  return mat4x4<f32>(tileA[i], tileA[i + 4u], tileA[i + 8u], tileA[i + 12u]);
}

// Four columns of the tile of b at four l: result c is l + c.
fn block_b(col: u32, quad: u32) -> mat4x4<f32> {
  if (TRANSPOSE_B) {
    let i = col * 17u + quad;
    return transpose(mat4x4<f32>(tileB[i], tileB[i + 4u], tileB[i + 8u], tileB[i + 12u]));
  }
  let i = quad * 68u + col;
  return mat4x4<f32>(tileB[i], tileB[i + 17u], tileB[i + 34u], tileB[i + 51u]);
}

fn multiply_add(sum: vec4<f32>, row: vec4<f32>, square: mat4x4<f32>) -> vec4<f32> {
  return sum + row.x * square[0] + row.y * square[1] + row.z * square[2] + row.w * square[3];
}

fn store_totals(first: u32, end: u32, v: vec4<f32>) {
  if (first < end) {
    store_sums(first, v.x);
  }
  if (first + 1u < end) {
    store_sums(first + 1u, v.y);
  }
  if (first + 2u < end) {
    store_sums(first + 2u, v.z);
  }
  if (first + 3u < end) {
    store_sums(first + 3u, v.w);
  }
}

fn store_quad(start: u32, row: u32, col: u32, v: vec4<f32>) {
  if (row >= params.m) {
    return;
  }
  let i = start + row * params.n + col;
  if (col + 4u <= params.n) {
    store_y4(i, v);
    return;
  }
  if (col < params.n) {
    store_y(i, v.x);
  }
  if (col + 1u < params.n) {
    store_y(i + 1u, v.y);
  }
  if (col + 2u < params.n) {
    store_y(i + 2u, v.z);
  }
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.n + 63u) / 64u;
  let down = (params.m + 63u) / 64u;
  let index = group.y * groups.x + group.x;
  let matrix = index / (across * down);
  if (matrix >= params.matrices) {
    return;
  }
  let tile = index - matrix * across * down;
  let band = tile / (BAND * across);
  let height = min(BAND, down - band * BAND);
  let inside = tile - band * BAND * across;
  let tileRow = (band * BAND + inside % height) * 64u;
  let tileCol = inside / height * 64u;
  let part = matrix / params.batch;
  let item = matrix - part * params.batch;
  let startA = item * params.batchStrideA;
  let startB = item * params.batchStrideB;
  let end = min((part + 1u) * params.part, params.k);
  let row = lane / 16u;
  let col = lane % 16u;

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var totals = vec4<f32>(); // of four columns or rows
  // The next step's quads are under way while this step's are multiplied.
  var l = part * params.part;
  var nextA = fetch_a(startA, tileRow, l, lane, end);
  var nextB = fetch_b(startB, tileCol, l, lane, end);
  for (; l < end; l += STEP) {
    tileA[padded_a(lane)] = nextA;
    tileB[padded_b(lane)] = nextB;
    workgroupBarrier();
    if (l + STEP < end) {
      nextA = fetch_a(startA, tileRow, l + STEP, lane, end);
      nextB = fetch_b(startB, tileCol, l + STEP, lane, end);
    }
    for (var quad = 0u; quad < STEP / 4u; quad++) {
      let blockA = block_a(row, quad);
      let blockB = block_b(col, quad);
      if (SUMS == 1u) {
        totals += blockB[0] + blockB[1] + blockB[2] + blockB[3];
      }
      if (SUMS == 2u) {
        totals += vec4<f32>(1.0) * blockA;
      }
      sum0 = multiply_add(sum0, blockA[0], blockB);
      sum1 = multiply_add(sum1, blockA[1], blockB);
      sum2 = multiply_add(sum2, blockA[2], blockB);
      sum3 = multiply_add(sum3, blockA[3], blockB);
    }
    workgroupBarrier();
  }

  let startY = matrix * params.m * params.n;
  let firstRow = tileRow + row * 4u;
  let firstCol = tileCol + col * 4u;
  if (SUMS == 1u && firstRow == 0u) {
    store_totals(firstCol, params.n, totals);
  }
  if (SUMS == 2u && firstCol == 0u) {
    store_totals(firstRow, params.m, totals);
  }
  store_quad(startY, firstRow, firstCol, sum0);
  store_quad(startY, firstRow + 1u, firstCol, sum1);
  store_quad(startY, firstRow + 2u, firstCol, sum2);
  store_quad(startY, firstRow + 3u, firstCol, sum3);
}
