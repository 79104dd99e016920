// 4_registers: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r + p - 1, c + q - 1], p and q from 0 to 2
//
// Changes   Four channels of y times four columns for each invocation: the six columns of x that are in registers serve
//           all four channels, and 18 loads feed 48 multiply-adds.
// Layout    x: [batch, channelsIn, height, width], w: [channelsOut, channelsIn, 3, 3], y: [batch, channelsOut, height,
//           width].
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
  let blocks = (params.channelsOut + 3u) / 4u;
  let item = id.z / blocks;
  let channel = id.z % blocks * 4u;
  let height = params.height;
  let width = params.width;
  let col = 4u * id.x;
  if (id.y >= height || col >= width) {
    return;
  }
  let top = select(0u, 1u, id.y == 0u);
  let bottom = select(3u, 2u, id.y + 1u == height);
  // Channels past the last one compute what it does, and are not stored.
  let last = params.channelsOut - 1u;
  let taps = params.channelsIn * 9u;
  let w0 = channel * taps;
  let w1 = min(channel + 1u, last) * taps;
  let w2 = min(channel + 2u, last) * taps;
  let w3 = min(channel + 3u, last) * taps;
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  for (var i = 0u; i < params.channelsIn; i++) {
    let plane = (item * params.channelsIn + i) * height;
    for (var p = top; p < bottom; p++) {
      let start = (plane + id.y + p - 1u) * width;
      let x0 = load_x(start, col - 1u);
      let x1 = load_x(start, col);
      let x2 = load_x(start, col + 1u);
      let x3 = load_x(start, col + 2u);
      let x4 = load_x(start, col + 3u);
      let x5 = load_x(start, col + 4u);
      let left = vec4<f32>(x0, x1, x2, x3);
      let middle = vec4<f32>(x1, x2, x3, x4);
      let right = vec4<f32>(x2, x3, x4, x5);
      let tap = 9u * i + 3u * p;
      sum0 += w[w0 + tap] * left + w[w0 + tap + 1u] * middle + w[w0 + tap + 2u] * right;
      sum1 += w[w1 + tap] * left + w[w1 + tap + 1u] * middle + w[w1 + tap + 2u] * right;
      sum2 += w[w2 + tap] * left + w[w2 + tap + 1u] * middle + w[w2 + tap + 2u] * right;
      sum3 += w[w3 + tap] * left + w[w3 + tap + 1u] * middle + w[w3 + tap + 2u] * right;
    }
  }
  let plane = height * width;
  let start = (item * params.channelsOut + channel) * plane + id.y * width;
  store_quad(start, col, sum0);
  if (channel + 1u <= last) { store_quad(start + plane, col, sum1); }
  if (channel + 2u <= last) { store_quad(start + 2u * plane, col, sum2); }
  if (channel + 3u <= last) { store_quad(start + 3u * plane, col, sum3); }
}
