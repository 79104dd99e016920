// 2_online: y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r)
//
// Changes   One kernel, and one pass for the largest and the sum: when a larger value comes, the sum so far is scaled to
//           it. x is read twice instead of three times, and two numbers of a row never leave their registers.
// Layout    x, y: [rows, cols], row-major.
// Work      one invocation per row.
// Memory    reads x twice, writes y once. Neighbours read x at addresses cols apart.
// Numerics  max and sum in f32, in the order of c.
// Limits    rows is at most 4194240.

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.cols;
  var top = x[start];
  var sum = 1.0;
  for (var c = 1u; c < params.cols; c++) {
    let value = x[start + c];
    let next = max(top, value);
    sum = sum * exp(top - next) + exp(value - next);
    top = next;
  }
  let factor = 1.0 / sum;
  for (var c = 0u; c < params.cols; c++) {
    y[start + c] = exp(x[start + c] - top) * factor;
  }
}
