// cholesky_tiled: y y^T = x for symmetric matrices, y lower triangular with a positive diagonal
//
// Layout    x, y: [batch, n, n], row-major. Of x the lower triangle alone is read; above its diagonal y is 0.
// Work      one workgroup per matrix, folded into x and y: row after row, all rows after it take their part of it away. An
//           invocation has one column of every (WORKGROUP_SIZE / BLOCK)th row.
// Memory    reads x once, writes y once; 4 * CELLS bytes of workgroup memory, which hold x^T, then the factors.
// Numerics  f32, a fixed order. Row j is kept as it is before its pivot's root divides it, so that a step needs one
//           barrier. A pivot that is not above 0 makes column j of y and all after it NaN.
// Limits    n <= BLOCK; WORKGROUP_SIZE is a multiple of BLOCK, a power of two; CELLS is BLOCK^2.

struct Params {
  batch: u32,
  n: u32,
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 256;
override BLOCK: u32 = 64;
override CELLS: u32 = 4096;

var<workgroup> cells: array<f32, CELLS>; // [row of y^T, column]

// v, or NaN where `pivot` is not above 0: by its bits, since comparisons may take NaN for a number.
fn if_positive(pivot: f32, v: f32) -> f32 {
  return select(bitcast<f32>(params.notANumber), v, bitcast<u32>(pivot) - 1u < 0x7f800000u);
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
  let n = params.n;
  let start = item * n * n;
  let step = WORKGROUP_SIZE / BLOCK;
  let column = lane % BLOCK;
  let first = lane / BLOCK;

  for (var base = 0u; base < n; base += step) {
    let row = base + first;
    if (row <= column && column < n) {
      cells[row * BLOCK + column] = load_x(start + column * n + row);
    }
  }
  workgroupBarrier();
  for (var j = 0u; j < n; j++) {
    let pivot = cells[j * BLOCK + j];
    let share = if_positive(pivot, cells[j * BLOCK + column] / pivot);
    for (var base = (j + 1u) / step * step; base < n; base += step) {
      let row = base + first;
      if (row > j && row <= column && column < n) {
        cells[row * BLOCK + column] -= share * cells[j * BLOCK + row];
      }
    }
    workgroupBarrier();
  }

  for (var base = 0u; base < n; base += step) {
    let row = base + first;
    if (row < n && column < n) {
      let pivot = cells[column * BLOCK + column];
      let value = if_positive(pivot, cells[column * BLOCK + row] / sqrt(pivot));
      store_y(start + row * n + column, select(0.0, value, column <= row));
    }
  }
}
