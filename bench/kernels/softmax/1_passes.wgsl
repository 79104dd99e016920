// 1_passes: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r)
//
// Changes   Nothing yet: three kernels for the three steps of the formula, the largest of each row, the sum of its
//           exponentials, and the division. Each reads all of x again, and what a row comes to goes through memory.
// Layout    x, y: [rows, cols], row-major; scratch: the largest of each row, then the sum of each row.
// Work      one invocation per row, and one per element for the division.
// Memory    reads x three times, writes y once. Neighbours read x at addresses cols apart.
// Numerics  max and sum in f32, in the order of c.
// Limits    rows is at most 65535.

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> scratch: array<f32>;

@compute @workgroup_size(64)
fn largest(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= params.rows) {
    return;
  }
  var top = x[row * params.cols];
  for (var c = 1u; c < params.cols; c++) {
    top = max(top, x[row * params.cols + c]);
  }
  scratch[row] = top;
}

@compute @workgroup_size(64)
fn total(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= params.rows) {
    return;
  }
  let top = scratch[row];
  var sum = 0.0;
  for (var c = 0u; c < params.cols; c++) {
    sum += exp(x[row * params.cols + c] - top);
  }
  scratch[params.rows + row] = sum;
}

@compute @workgroup_size(64)
fn divide(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  let col = id.x;
  if (row >= params.rows || col >= params.cols) {
    return;
  }
  let at = row * params.cols + col;
  y[at] = exp(x[at] - scratch[row]) / scratch[params.rows + row];
}
