// 3_columns: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r + p - 1, c + q - 1], p and q from 0 to 2
//
// Changes   Four neighbouring columns for each invocation. Their windows overlap, so six columns of x serve all twelve
//           products of a row of the window, and each weight serves four: 9 loads for 12 multiply-adds, where it was 24.
// Layout    x: [batch, channelsIn, height, width], w: [channelsOut, channelsIn, 3, 3], y: [batch, channelsOut, height,
//           width].
// Work      one invocation per quad of a row of y.
// Memory    x is read 4.5 channelsOut times.
// Numerics  f32; sums over channel, then row, then column of the window. x counts as 0 outside.
// Limits    batch * channelsOut is at most 65535.

struct Params {
  batch: u32,
  channelsIn: u32,
  channelsOut: u32,
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// A column left of the picture wraps to a number above every width.
fn load_x(start: u32, col: u32) -> f32 {
  return select(0.0, x[start + col], col < params.width);
}

// Of the last quad of a row, some columns may lie outside.
fn store_quad(start: u32, col: u32, v: vec4<f32>) {
  let at = start + col;
  y[at] = v.x;
  if (col + 1u < params.width) { y[at + 1u] = v.y; }
  if (col + 2u < params.width) { y[at + 2u] = v.z; }
  if (col + 3u < params.width) { y[at + 3u] = v.w; }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.z / params.channelsOut;
  let channel = id.z % params.channelsOut;
  let height = params.height;
  let width = params.width;
  let col = 4u * id.x;
  if (id.y >= height || col >= width) {
    return;
  }
  let top = select(0u, 1u, id.y == 0u);
  let bottom = select(3u, 2u, id.y + 1u == height);
  var sum = vec4<f32>();
  for (var i = 0u; i < params.channelsIn; i++) {
    let plane = (item * params.channelsIn + i) * height;
    let window = (channel * params.channelsIn + i) * 9u;
    for (var p = top; p < bottom; p++) {
      let start = (plane + id.y + p - 1u) * width;
      let x0 = load_x(start, col - 1u);
      let x1 = load_x(start, col);
      let x2 = load_x(start, col + 1u);
      let x3 = load_x(start, col + 2u);
      let x4 = load_x(start, col + 3u);
      let x5 = load_x(start, col + 4u);
      let tap = window + 3u * p;
      sum += w[tap] * vec4<f32>(x0, x1, x2, x3);
      sum += w[tap + 1u] * vec4<f32>(x1, x2, x3, x4);
      sum += w[tap + 2u] * vec4<f32>(x2, x3, x4, x5);
    }
  }
  store_quad((id.z * height + id.y) * width, col, sum);
}
