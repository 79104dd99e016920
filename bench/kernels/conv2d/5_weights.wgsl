// 5_weights: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r + p - 1, c + q - 1], p and q from 0 to 2
//
// Changes   The weights are set in another order beforehand, four channels of y side by side, so that one vec4 load
//           brings what four loads far apart brought: 9 loads feed 48 multiply-adds. Weights are few and change seldom.
// Layout    x: [batch, channelsIn, height, width], w: [ceil(channelsOut / 4), channelsIn, 3, 3] of four channels each,
//           with zeros past the last, y: [batch, channelsOut, height, width].
// Work      one invocation per four channels of a quad of y.
// Memory    x is read 4.5 channelsOut / 4 times.
// Numerics  f32; sums over channel, then row, then column of the window. x counts as 0 outside.
// Limits    batch * channelsOut is at most 262140.

struct Params {
  batch: u32,
  channelsIn: u32,
  channelsOut: u32,
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4<f32>>;
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
  let blocks = (params.channelsOut + 3u) / 4u;
  let item = id.z / blocks;
  let block = id.z % blocks;
  let height = params.height;
  let width = params.width;
  let col = 4u * id.x;
  if (id.y >= height || col >= width) {
    return;
  }
  let top = select(0u, 1u, id.y == 0u);
  let bottom = select(3u, 2u, id.y + 1u == height);
  var sums = mat4x4<f32>(); // a column of four channels for each column of y
  for (var i = 0u; i < params.channelsIn; i++) {
    let plane = (item * params.channelsIn + i) * height;
    let window = (block * params.channelsIn + i) * 9u;
    for (var p = top; p < bottom; p++) {
      let start = (plane + id.y + p - 1u) * width;
      let x0 = load_x(start, col - 1u);
      let x1 = load_x(start, col);
      let x2 = load_x(start, col + 1u);
      let x3 = load_x(start, col + 2u);
      let x4 = load_x(start, col + 3u);
      let x5 = load_x(start, col + 4u);
      let left = w[window + 3u * p];
      let middle = w[window + 3u * p + 1u];
      let right = w[window + 3u * p + 2u];
      sums[0] += x0 * left + x1 * middle + x2 * right;
      sums[1] += x1 * left + x2 * middle + x3 * right;
      sums[2] += x2 * left + x3 * middle + x4 * right;
      sums[3] += x3 * left + x4 * middle + x5 * right;
    }
  }
  let channels = transpose(sums);
  let channel = 4u * block;
  let plane = height * width;
  let start = (item * params.channelsOut + channel) * plane + id.y * width;
  store_quad(start, col, channels[0]);
  if (channel + 1u < params.channelsOut) { store_quad(start + plane, col, channels[1]); }
  if (channel + 2u < params.channelsOut) { store_quad(start + 2u * plane, col, channels[2]); }
  if (channel + 3u < params.channelsOut) { store_quad(start + 3u * plane, col, channels[3]); }
}
