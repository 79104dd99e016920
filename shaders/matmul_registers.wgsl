// matmul_registers: y[p, b, i, j] = sum_l a[b, i, l] * b[b, l, j], l over part p of the inner size
//
// Layout    a: [m, k], or [k, m] with TRANSPOSE_A; b: [k, n], or [n, k] with TRANSPOSE_B; rows and matrices
//           apart by strides in elements, 0 for the same matrix every time. y: [parts, batch, m, n]. Row-major.
//           sums: [n] or [m].
// Work      one invocation per ROWS x (4 * QUADS) block of y, in steps of 4 along k; blocks of all matrices are counted
//           in one row, folded into x and y. No barriers.
// Memory    reads a n / (4 * QUADS) times and b m / ROWS times, straight from global memory; writes y once.
// Numerics  one f32 accumulator per element of y, in the order of l.
// Limits    ROWS is 1, 4 or 8, QUADS is 1 or 2, part is a multiple of 4.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  part: u32, // how many l a part has
  batch: u32,
  matrices: u32, // parts * batch
  batchStrideA: u32,
  batchStrideB: u32,
  rowStrideA: u32, // of what is stored: k, or m with TRANSPOSE_A, or more
  rowStrideB: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

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

fn store_sums(i: u32, v: f32) {
  sums[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 16;
override ROWS: u32 = 8;
override QUADS: u32 = 2;
override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;
// What else is summed over l, where there is one part of one matrix: 1 for the columns of b, 2 for the rows of a.
override SUMS: u32 = 0;
// Whether n is a multiple of 4. A software adapter works through both sides of a branch, and what is fused into the
// store stands on each.
override WHOLE_QUADS: bool = false;
override WHOLE_STEPS: bool = false; // whether k is a multiple of 4

// Four rows of a, from `row` on, at l … l + 3: result r is row + r. Rows past the end hold anything.
fn block_a(start: u32, row: u32, l: u32) -> mat4x4<f32> {
  if (TRANSPOSE_A) {
    let first = start + l * params.rowStrideA + row;
    return transpose(mat4x4<f32>(
      load_a4(first),
      load_a4(first + params.rowStrideA),
      load_a4(first + 2u * params.rowStrideA),
      load_a4(first + 3u * params.rowStrideA),
    ));
  }
  return mat4x4<f32>(
    load_a4(start + row * params.rowStrideA + l),
    load_a4(start + (row + 1u) * params.rowStrideA + l),
    load_a4(start + (row + 2u) * params.rowStrideA + l),
    load_a4(start + (row + 3u) * params.rowStrideA + l),
  );
}

fn row_a(start: u32, row: u32, l: u32) -> vec4<f32> {
  if (TRANSPOSE_A) {
    let first = start + l * params.rowStrideA + row;
    return vec4<f32>(
      load_a(first),
      load_a(first + params.rowStrideA),
      load_a(first + 2u * params.rowStrideA),
      load_a(first + 3u * params.rowStrideA),
    );
  }
  return load_a4(start + row * params.rowStrideA + l);
}

// Four columns of b, from `col` on, at l … l + 3: result c is l + c. Columns past the end hold anything.
fn block_b(start: u32, col: u32, l: u32) -> mat4x4<f32> {
  if (TRANSPOSE_B) {
    return transpose(mat4x4<f32>(
      load_b4(start + col * params.rowStrideB + l),
      load_b4(start + (col + 1u) * params.rowStrideB + l),
      load_b4(start + (col + 2u) * params.rowStrideB + l),
      load_b4(start + (col + 3u) * params.rowStrideB + l),
    ));
  }
  let first = start + l * params.rowStrideB + col;
  return mat4x4<f32>(
    load_b4(first),
    load_b4(first + params.rowStrideB),
    load_b4(first + 2u * params.rowStrideB),
    load_b4(first + 3u * params.rowStrideB),
  );
}

// Four rows of a at one l.
fn column_a(start: u32, row: u32, l: u32) -> vec4<f32> {
  if (TRANSPOSE_A) {
    return load_a4(start + l * params.rowStrideA + row);
  }
  return vec4<f32>(
    load_a(start + row * params.rowStrideA + l),
    load_a(start + (row + 1u) * params.rowStrideA + l),
    load_a(start + (row + 2u) * params.rowStrideA + l),
    load_a(start + (row + 3u) * params.rowStrideA + l),
  );
}

// Four columns of b at one l.
fn row_b(start: u32, col: u32, l: u32) -> vec4<f32> {
  if (TRANSPOSE_B) {
    return vec4<f32>(
      load_b(start + col * params.rowStrideB + l),
      load_b(start + (col + 1u) * params.rowStrideB + l),
      load_b(start + (col + 2u) * params.rowStrideB + l),
      load_b(start + (col + 3u) * params.rowStrideB + l),
    );
  }
  return load_b4(start + l * params.rowStrideB + col);
}

fn multiply_add(sum: vec4<f32>, row: vec4<f32>, square: mat4x4<f32>) -> vec4<f32> {
  return sum + row.x * square[0] + row.y * square[1] + row.z * square[2] + row.w * square[3];
}

// What each column of a block of b, or each row of a block of a, adds up to.
fn total(square: mat4x4<f32>) -> vec4<f32> {
  if (SUMS == 1u) {
    return square[0] + square[1] + square[2] + square[3];
  }
  return vec4<f32>(1.0) * square;
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
  if (row >= params.m || col >= params.n) {
    return;
  }
  let i = start + row * params.n + col;
  if (WHOLE_QUADS || col + 4u <= params.n) {
    store_y4(i, v);
    return;
  }
  if (!WHOLE_QUADS) {
    store_rest(i, params.n - col, v);
  }
}

fn store_rest(i: u32, count: u32, v: vec4<f32>) {
  store_y(i, v.x);
  if (count > 1u) {
    store_y(i + 1u, v.y);
  }
  if (count > 2u) {
    store_y(i + 2u, v.z);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.n + 4u * QUADS - 1u) / (4u * QUADS);
  let blocks = across * ((params.m + ROWS - 1u) / ROWS);
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let matrix = index / blocks;
  if (matrix >= params.matrices) {
    return;
  }
  let tile = index - matrix * blocks;
  let row = tile / across * ROWS;
  let col = tile % across * (4u * QUADS);
  let part = matrix / params.batch;
  let item = matrix - part * params.batch;
  let startA = item * params.batchStrideA;
  let startB = item * params.batchStrideB;
  let end = min((part + 1u) * params.part, params.k);

  var sum0l = vec4<f32>();
  var sum1l = vec4<f32>();
  var sum2l = vec4<f32>();
  var sum3l = vec4<f32>();
  var sum4l = vec4<f32>();
  var sum5l = vec4<f32>();
  var sum6l = vec4<f32>();
  var sum7l = vec4<f32>();
  var sum0r = vec4<f32>();
  var sum1r = vec4<f32>();
  var sum2r = vec4<f32>();
  var sum3r = vec4<f32>();
  var sum4r = vec4<f32>();
  var sum5r = vec4<f32>();
  var sum6r = vec4<f32>();
  var sum7r = vec4<f32>();

  var total0 = vec4<f32>(); // of the first four columns or rows
  var total1 = vec4<f32>();

  var l = part * params.part;
  for (; l + 4u <= end; l += 4u) {
    let left = block_b(startB, col, l);
    var right: mat4x4<f32>;
    if (QUADS > 1u) {
      right = block_b(startB, col + 4u, l);
    }
    if (SUMS == 1u) {
      total0 += total(left);
      if (QUADS > 1u) {
        total1 += total(right);
      }
    }
    if (ROWS == 1u) {
      let above = row_a(startA, row, l);
      if (SUMS == 2u) {
        total0.x += dot(above, vec4<f32>(1.0));
      }
      sum0l = multiply_add(sum0l, above, left);
      if (QUADS > 1u) {
        sum0r = multiply_add(sum0r, above, right);
      }
    }
    if (ROWS > 1u) {
      let above = block_a(startA, row, l);
      if (SUMS == 2u) {
        total0 += total(above);
      }
      sum0l = multiply_add(sum0l, above[0], left);
      sum1l = multiply_add(sum1l, above[1], left);
      sum2l = multiply_add(sum2l, above[2], left);
      sum3l = multiply_add(sum3l, above[3], left);
      if (QUADS > 1u) {
        sum0r = multiply_add(sum0r, above[0], right);
        sum1r = multiply_add(sum1r, above[1], right);
        sum2r = multiply_add(sum2r, above[2], right);
        sum3r = multiply_add(sum3r, above[3], right);
      }
    }
    if (ROWS > 4u) {
      let below = block_a(startA, row + 4u, l);
      if (SUMS == 2u) {
        total1 += total(below);
      }
      sum4l = multiply_add(sum4l, below[0], left);
      sum5l = multiply_add(sum5l, below[1], left);
      sum6l = multiply_add(sum6l, below[2], left);
      sum7l = multiply_add(sum7l, below[3], left);
      if (QUADS > 1u) {
        sum4r = multiply_add(sum4r, below[0], right);
        sum5r = multiply_add(sum5r, below[1], right);
        sum6r = multiply_add(sum6r, below[2], right);
        sum7r = multiply_add(sum7r, below[3], right);
      }
    }
  }

  for (; !WHOLE_STEPS && l < end; l++) {
    let above = column_a(startA, row, l);
    let left = row_b(startB, col, l);
    var right: vec4<f32>;
    if (QUADS > 1u) {
      right = row_b(startB, col + 4u, l);
    }
    if (SUMS == 1u) {
      total0 += left;
      total1 += right;
    }
    if (SUMS == 2u) {
      total0 += above;
    }
    sum0l += above.x * left;
    sum0r += above.x * right;
    if (ROWS > 1u) {
      sum1l += above.y * left;
      sum2l += above.z * left;
      sum3l += above.w * left;
      sum1r += above.y * right;
      sum2r += above.z * right;
      sum3r += above.w * right;
    }
    if (ROWS > 4u) {
      let below = column_a(startA, row + 4u, l);
      if (SUMS == 2u) {
        total1 += below;
      }
      sum4l += below.x * left;
      sum5l += below.y * left;
      sum6l += below.z * left;
      sum7l += below.w * left;
      sum4r += below.x * right;
      sum5r += below.y * right;
      sum6r += below.z * right;
      sum7r += below.w * right;
    }
  }

  if (SUMS == 1u && row == 0u) {
    store_totals(col, params.n, total0);
    if (QUADS > 1u) {
      store_totals(col + 4u, params.n, total1);
    }
  }
  if (SUMS == 2u && col == 0u) {
    store_totals(row, min(row + ROWS, params.m), total0);
    if (ROWS > 4u) {
      store_totals(row + 4u, params.m, total1);
    }
  }
  let startY = matrix * params.m * params.n;
  // One store in a loop compiles in less than half of the time that one for each row takes.
  for (var r = 0u; r < ROWS; r++) {
    var left = sum0l;
    var right = sum0r;
    if (ROWS > 1u && r == 1u) {
      left = sum1l;
      right = sum1r;
    }
    if (ROWS > 1u && r == 2u) {
      left = sum2l;
      right = sum2r;
    }
    if (ROWS > 1u && r == 3u) {
      left = sum3l;
      right = sum3r;
    }
    if (ROWS > 4u && r == 4u) {
      left = sum4l;
      right = sum4r;
    }
    if (ROWS > 4u && r == 5u) {
      left = sum5l;
      right = sum5r;
    }
    if (ROWS > 4u && r == 6u) {
      left = sum6l;
      right = sum6r;
    }
    if (ROWS > 4u && r == 7u) {
      left = sum7l;
      right = sum7r;
    }
    store_quad(startY, row + r, col, left);
    if (QUADS > 1u) {
      store_quad(startY, row + r, col + 4u, right);
    }
  }
}
