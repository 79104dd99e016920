// solve_triangular_serial: a y = b for triangular matrices a
//
// Layout    a: [batch, n, n] at any strides; b, y: [batch, n, columns], row-major. Without `reverse` a is lower
//           triangular, with it upper; its other triangle is not read, nor with `unit` its diagonal, which is then 1.
// Work      one invocation per column of an item, row after row, with `reverse` from the last on; workgroups folded into x
//           and y. No barriers.
// Memory    reads b once and a once per column, writes y once; 128 bytes of each invocation's own.
// Numerics  f32, a fixed order. A 0 on the diagonal divides like any number.
// Limits    n <= 32; each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // batch * columns
  columns: u32,
  n: u32,
  reverse: u32,
  unit: u32,
  aBatch: u32,
  aRow: u32,
  aColumn: u32,
  aOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_a(i: u32) -> f32 {
  return a[i];
}

fn load_b(i: u32) -> f32 {
  return b[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 16;

var<private> solved: array<f32, 32>;

// Counted in the order in which rows are solved: with `reverse` from the last.
fn place_of(row: u32) -> u32 {
  return select(row, params.n - 1u - row, params.reverse != 0u);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.invocations) {
    return;
  }
  let item = index / params.columns;
  let startA = params.aOffset + item * params.aBatch;
  let startB = item * params.n * params.columns + (index - item * params.columns);

  for (var row = 0u; row < params.n; row++) {
    let place = place_of(row);
    let startRow = startA + place * params.aRow;
    var value = load_b(startB + place * params.columns);
    for (var j = 0u; j < row; j++) {
      value -= load_a(startRow + place_of(j) * params.aColumn) * solved[j];
    }
    if (params.unit == 0u) {
      value /= load_a(startRow + place * params.aColumn);
    }
    solved[row] = value;
    store_y(startB + place * params.columns, value);
  }
}
