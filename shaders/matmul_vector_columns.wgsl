// matmul_vector_columns: y[p, b] = W[b] x[b] for up to 8 vectors x, over part p of k; W is stored column by column
//
// Layout    W: [k, rows], the port a with MATRIX_IS_A, else b; x: `vectors` vectors of k elements, at any strides, the
//           other port. y: [parts, batch, rows, vectors] with MATRIX_IS_A, else [parts, batch, vectors, rows].
// Work      one workgroup per 32 rows: 8 invocations side by side take a quad each, and WORKGROUP_SIZE / 8 such slices
//           share k; blocks of all matrices are counted in one row, folded into x and y.
// Memory    reads W once, 128 bytes at a stretch; 16 * WORKGROUP_SIZE * VECTORS bytes of workgroup memory.
// Numerics  one accumulator per slice and element of y; the slices are added in order.
// Limits    WORKGROUP_SIZE is a multiple of 8 and not below 8 * VECTORS; VECTORS is 1, 2, 4 or 8, not below `vectors`.

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

override WORKGROUP_SIZE: u32 = 128;
override VECTORS: u32 = 8;
override SLOTS: u32 = 1024; // WORKGROUP_SIZE * VECTORS
override MATRIX_IS_A: bool = false;

const QUADS = 8u; // side by side

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

// The matrix at four rows and one l; zero from `end` on, whatever is there.
fn matrix_quad(start: u32, row: u32, l: u32, end: u32) -> vec4<f32> {
  return select(vec4<f32>(), load_matrix4(start + l * params.rows + row), l < end);
}

fn multiply_add(sum: vec4<f32>, vector: u32, start: u32, l: u32, end: u32, square: mat4x4<f32>) -> vec4<f32> {
  let step = WORKGROUP_SIZE / QUADS;
  let stride = step * params.elementStride;
  let i = start + vector * params.vectorStride + l * params.elementStride;
  return sum + load_vector(i) * square[0]
    + select(0.0, load_vector(i + stride), l + step < end) * square[1]
    + select(0.0, load_vector(i + 2u * stride), l + 2u * step < end) * square[2]
    + select(0.0, load_vector(i + 3u * stride), l + 3u * step < end) * square[3];
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
  let blocks = (params.rows + 31u) / 32u;
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
  let slices = WORKGROUP_SIZE / QUADS;
  let row = ((index - matrix * blocks) * QUADS + lane % QUADS) * 4u;
  // An invocation past the last row waits for the others at the barrier.
  let stop = select(first, end, row < params.rows);

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();

  // Four quads are under way at once.
  for (var l = first + lane / QUADS; l < stop; l += 4u * slices) {
    let square = mat4x4<f32>(
      matrix_quad(startMatrix, row, l, end),
      matrix_quad(startMatrix, row, l + slices, end),
      matrix_quad(startMatrix, row, l + 2u * slices, end),
      matrix_quad(startMatrix, row, l + 3u * slices, end),
    );
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
  let vector = lane / QUADS;
  if (vector < VECTORS && row < params.rows) {
    var total = vec4<f32>();
    for (var slice = 0u; slice < slices; slice++) {
      total += partial[vector * WORKGROUP_SIZE + slice * QUADS + lane % QUADS];
    }
    store_rows(startY, row, vector, total);
  }
}
