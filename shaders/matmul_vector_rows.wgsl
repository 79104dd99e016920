// matmul_vector_rows: y[p, b] = W[b] x[b] for up to 8 vectors x, over part p of k; W is stored row by row
//
// Layout    W: [rows, k], the port a with MATRIX_IS_A, else b; x: `vectors` vectors of k elements, at any strides, the
//           other port. y: [parts, batch, rows, vectors] with MATRIX_IS_A, else [parts, batch, vectors, rows].
// Work      one workgroup per 4 rows; each invocation walks k in quads with stride WORKGROUP_SIZE; blocks of all
//           matrices are counted in one row, folded into x and y.
// Memory    reads W once; 16 * WORKGROUP_SIZE * VECTORS bytes of workgroup memory.
// Numerics  4 * WORKGROUP_SIZE accumulators per element of y, then a tree.
// Limits    WORKGROUP_SIZE is a power of two; VECTORS is 1, 2, 4 or 8, not below `vectors`; part is a multiple of 4.

struct Params {
  rows: u32, // of the matrix, so of y along its long side
  vectors: u32,
  k: u32,
  part: u32, // how many l a part has
  batch: u32,
  matrices: u32, // parts * batch
  batchStrideMatrix: u32,
  batchStrideVectors: u32,
  vectorStride: u32, // from one vector to the next
  elementStride: u32, // from one element of a vector to the next
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_a(i: u32) -> f32 {
  return a[i];
}

fn load_a4(i: u32) -> vec4<f32> {
  return vec4<f32>(a[i], a[i + 1u], a[i + 2u], a[i + 3u]);
}

fn load_b(i: u32) -> f32 {
  return b[i];
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
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override VECTORS: u32 = 8;
override SLOTS: u32 = 512; // WORKGROUP_SIZE * VECTORS
override MATRIX_IS_A: bool = false;
override STRIDED: bool = false; // a vector's elements do not lie side by side

const ROWS = 4u;

var<workgroup> partial: array<vec4<f32>, SLOTS>;

// a or b: what is many rows long.
fn load_matrix4(i: u32) -> vec4<f32> {
  if (MATRIX_IS_A) {
    return load_a4(i);
  }
  return load_b4(i);
}

fn load_vector(i: u32) -> f32 {
  if (MATRIX_IS_A) {
    return load_b(i);
  }
  return load_a(i);
}

fn load_vector4(i: u32) -> vec4<f32> {
  if (STRIDED) {
    return vec4<f32>(
      load_vector(i),
      load_vector(i + params.elementStride),
      load_vector(i + 2u * params.elementStride),
      load_vector(i + 3u * params.elementStride),
    );
  }
  if (MATRIX_IS_A) {
    return load_b4(i);
  }
  return load_a4(i);
}

// v at l … l + 3, zero from `end` on, whatever is there.
fn masked(v: vec4<f32>, l: u32, end: u32) -> vec4<f32> {
  let inside = vec4<bool>(l < end, l + 1u < end, l + 2u < end, l + 3u < end);
  return select(vec4<f32>(), v, inside);
}

fn matrix_row(start: u32, row: u32, l: u32, end: u32) -> vec4<f32> {
  return masked(load_matrix4(start + row * params.k + l), l, end);
}

fn multiply_add(sum: vec4<f32>, vector: u32, start: u32, l: u32, end: u32, square: mat4x4<f32>) -> vec4<f32> {
  let i = start + vector * params.vectorStride + l * params.elementStride;
  let x = masked(load_vector4(i), l, end);
  return sum + x.x * square[0] + x.y * square[1] + x.z * square[2] + x.w * square[3];
}

// Four elements of the result of one vector, from `row` on.
fn store_rows(start: u32, row: u32, vector: u32, v: vec4<f32>) {
  if (vector >= params.vectors) {
    return;
  }
  if (MATRIX_IS_A) {
    let i = start + row * params.vectors + vector;
    store_y(i, v.x);
    if (row + 1u < params.rows) {
      store_y(i + params.vectors, v.y);
    }
    if (row + 2u < params.rows) {
      store_y(i + 2u * params.vectors, v.z);
    }
    if (row + 3u < params.rows) {
      store_y(i + 3u * params.vectors, v.w);
    }
    return;
  }
  let i = start + vector * params.rows + row;
  if (row + 4u <= params.rows) {
    store_y4(i, v);
    return;
  }
  store_y(i, v.x);
  if (row + 1u < params.rows) {
    store_y(i + 1u, v.y);
  }
  if (row + 2u < params.rows) {
    store_y(i + 2u, v.z);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let blocks = (params.rows + 3u) / 4u;
  let index = group.y * groups.x + group.x;
  let matrix = index / blocks;
  if (matrix >= params.matrices) {
    return;
  }
  let part = matrix / params.batch;
  let item = matrix - part * params.batch;
  let startMatrix = item * params.batchStrideMatrix;
  let startVectors = item * params.batchStrideVectors;
  let startY = matrix * params.rows * params.vectors;
  let first = part * params.part;
  let end = min(first + params.part, params.k);
  let row = (index - matrix * blocks) * ROWS;

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();

  for (var l = first + 4u * lane; l < end; l += 4u * WORKGROUP_SIZE) {
    let square = transpose(mat4x4<f32>(
      matrix_row(startMatrix, row, l, end),
      matrix_row(startMatrix, row + 1u, l, end),
      matrix_row(startMatrix, row + 2u, l, end),
      matrix_row(startMatrix, row + 3u, l, end),
    ));
    sum0 = multiply_add(sum0, 0u, startVectors, l, end, square);
    if (VECTORS > 1u) {
      sum1 = multiply_add(sum1, 1u, startVectors, l, end, square);
    }
    if (VECTORS > 2u) {
      sum2 = multiply_add(sum2, 2u, startVectors, l, end, square);
      sum3 = multiply_add(sum3, 3u, startVectors, l, end, square);
    }
    if (VECTORS > 4u) {
      sum4 = multiply_add(sum4, 4u, startVectors, l, end, square);
      sum5 = multiply_add(sum5, 5u, startVectors, l, end, square);
      sum6 = multiply_add(sum6, 6u, startVectors, l, end, square);
      sum7 = multiply_add(sum7, 7u, startVectors, l, end, square);
    }
  }

  partial[lane] = sum0;
  if (VECTORS > 1u) {
    partial[1u * WORKGROUP_SIZE + lane] = sum1;
  }
  if (VECTORS > 2u) {
    partial[2u * WORKGROUP_SIZE + lane] = sum2;
    partial[3u * WORKGROUP_SIZE + lane] = sum3;
  }
  if (VECTORS > 4u) {
    partial[4u * WORKGROUP_SIZE + lane] = sum4;
    partial[5u * WORKGROUP_SIZE + lane] = sum5;
    partial[6u * WORKGROUP_SIZE + lane] = sum6;
    partial[7u * WORKGROUP_SIZE + lane] = sum7;
  }
  workgroupBarrier();
  for (var span = WORKGROUP_SIZE / 2u; span > 0u; span >>= 1u) {
    for (var i = lane; i < span * VECTORS; i += WORKGROUP_SIZE) {
      let slot = i / span * WORKGROUP_SIZE + i % span;
      partial[slot] += partial[slot + span];
    }
    workgroupBarrier();
  }
  if (lane < VECTORS) {
    store_rows(startY, row, lane, partial[lane * WORKGROUP_SIZE]);
  }
}
