// cholesky_serial: y y^T = x for symmetric matrices, y lower triangular with a positive diagonal
//
// Layout    x, y: [batch, n, n], row-major. Of x the lower triangle alone is read; above its diagonal y is 0.
// Work      one invocation per matrix; workgroups folded into x and y. No barriers.
// Memory    reads x once, writes y once; 4 KiB of each invocation's own, which hold x^T, then the factors.
// Numerics  f32, a fixed order. Row j is kept as it is before its pivot's root divides it. A pivot that is not above 0
//           makes column j of y and all after it NaN.
// Limits    n <= 32.

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

override WORKGROUP_SIZE: u32 = 4;

const BLOCK = 32u;

var<private> cells: array<f32, 1024>; // [row of y^T, column]

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
  let item = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (item >= params.batch) {
    return;
  }
  let n = params.n;
  let start = item * n * n;

  for (var row = 0u; row < n; row++) {
    for (var column = row; column < n; column++) {
      cells[row * BLOCK + column] = load_x(start + column * n + row);
    }
  }
  for (var j = 0u; j < n; j++) {
    let pivot = cells[j * BLOCK + j];
    let inverse = if_positive(pivot, 1.0 / pivot);
    for (var row = j + 1u; row < n; row++) {
      let share = cells[j * BLOCK + row] * inverse;
      for (var column = row; column < n; column++) {
        cells[row * BLOCK + column] -= share * cells[j * BLOCK + column];
      }
    }
    let root = if_positive(pivot, sqrt(pivot));
    for (var row = 0u; row < n; row++) {
      var value = 0.0;
      if (row >= j) {
        value = cells[j * BLOCK + row] / root;
      }
      store_y(start + row * n + j, value);
    }
  }
}
