// solve_triangular_tiled: a y = b for triangular matrices a
//
// Layout    a: [batch, n, n] at any strides; b, y: [batch, n, columns], row-major. Without `reverse` a is lower
//           triangular, with it upper; its other triangle is not read, nor with `unit` its diagonal, which is then 1.
// Work      one workgroup per 16 columns of an item, folded into x and y. An invocation has four rows, 16 apart, of one
//           column; row after row (with `reverse` from the last on) is divided and taken out of all that follow.
// Memory    reads b once and a once per 16 columns, writes y once; 128 bytes of workgroup memory.
// Numerics  f32, a fixed order. A 0 on the diagonal divides like any number.
// Limits    n <= 64; each tensor has fewer than 2^31 elements.

struct Params {
  groups: u32, // batch * columnBlocks
  columnBlocks: u32, // ceil(columns / 16)
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

// The row at hand and the next, 16 columns each: a fast invocation may be one row ahead.
var<workgroup> solved: array<f32, 32>;

// Counted in the order in which rows are solved: with `reverse` from the last.
fn place_of(row: u32) -> u32 {
  return select(row, params.n - 1u - row, params.reverse != 0u);
}

fn load_row(start: u32, row: u32) -> f32 {
  if (row < params.n) {
    return load_b(start + place_of(row) * params.columns);
  }
  return 0.0;
}

fn load_pivot(start: u32, row: u32) -> f32 {
  if (row < params.n && params.unit == 0u) {
    return load_a(start + place_of(row) * (params.aRow + params.aColumn));
  }
  return 1.0;
}

// What is left of a row once row j, whose element of a begins at `start`, is solved.
fn remaining(value: f32, row: u32, j: u32, start: u32, found: f32) -> f32 {
  if (row > j && row < params.n) {
    return value - load_a(start + place_of(row) * params.aRow) * found;
  }
  return select(value, found, row == j);
}

fn store_row(start: u32, row: u32, v: f32) {
  if (row < params.n) {
    store_y(start + place_of(row) * params.columns, v);
  }
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if (index >= params.groups) {
    return;
  }
  let item = index / params.columnBlocks;
  let column = (index - item * params.columnBlocks) * 16u + (lane & 15u);
  let inside = min(column, params.columns - 1u);
  let row0 = lane >> 4u;
  let row1 = row0 + 16u;
  let row2 = row0 + 32u;
  let row3 = row0 + 48u;
  let startA = params.aOffset + item * params.aBatch;
  let startB = item * params.n * params.columns + inside;

  let pivot0 = load_pivot(startA, row0);
  let pivot1 = load_pivot(startA, row1);
  let pivot2 = load_pivot(startA, row2);
  let pivot3 = load_pivot(startA, row3);
  var value0 = load_row(startB, row0);
  var value1 = load_row(startB, row1);
  var value2 = load_row(startB, row2);
  var value3 = load_row(startB, row3);
  for (var j = 0u; j < params.n; j++) {
    let slot = (j & 1u) * 16u + (lane & 15u);
    if (row0 == (j & 15u)) {
      let part = j >> 4u;
      let lower = select(value0 / pivot0, value1 / pivot1, part == 1u);
      let upper = select(value2 / pivot2, value3 / pivot3, part == 3u);
      solved[slot] = select(lower, upper, part >= 2u);
    }
    workgroupBarrier();
    let found = solved[slot];
    let start = startA + place_of(j) * params.aColumn;
    value0 = remaining(value0, row0, j, start, found);
    value1 = remaining(value1, row1, j, start, found);
    value2 = remaining(value2, row2, j, start, found);
    value3 = remaining(value3, row3, j, start, found);
  }
  if (column < params.columns) {
    store_row(startB, row0, value0);
    store_row(startB, row1, value1);
    store_row(startB, row2, value2);
    store_row(startB, row3, value3);
  }
}
