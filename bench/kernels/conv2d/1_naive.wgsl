// 1_naive: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r + p - 1, c + q - 1], p and q from 0 to 2
//
// Changes   Nothing yet: the definition, one element of y for each invocation, and at each of the nine taps the question
//           whether it is still inside of the picture.
// Layout    x: [batch, channelsIn, height, width], w: [channelsOut, channelsIn, 3, 3], y: [batch, channelsOut, height,
//           width].
// Work      one invocation per element; neighbours in a workgroup are side by side.
// Memory    two loads for each multiply-add; x is read 9 channelsOut times.
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

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let col = i32(id.x);
  let row = i32(id.y);
  let item = id.z / params.channelsOut;
  let channel = id.z % params.channelsOut;
  let height = i32(params.height);
  let width = i32(params.width);
  if (row >= height || col >= width) {
    return;
  }
  var sum = 0.0;
  for (var i = 0u; i < params.channelsIn; i++) {
    let plane = i32((item * params.channelsIn + i) * params.height * params.width);
    let window = (channel * params.channelsIn + i) * 9u;
    for (var p = 0; p < 3; p++) {
      for (var q = 0; q < 3; q++) {
        let inRow = row + p - 1;
        let inCol = col + q - 1;
        if (inRow >= 0 && inRow < height && inCol >= 0 && inCol < width) {
          sum += w[window + u32(3 * p + q)] * x[plane + inRow * width + inCol];
        }
      }
    }
  }
  y[(id.z * params.height + id.y) * params.width + id.x] = sum;
}
