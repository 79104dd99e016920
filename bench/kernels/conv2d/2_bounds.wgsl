// 2_bounds: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r + p - 1, c + q - 1], p and q from 0 to 2
//
// Changes   Which taps are inside depends on the place alone and not on the channel: it is worked out once, as the bounds
//           of the two loops, and the innermost line is left with two loads and a multiply-add.
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
  let item = id.z / params.channelsOut;
  let channel = id.z % params.channelsOut;
  let height = params.height;
  let width = params.width;
  if (id.y >= height || id.x >= width) {
    return;
  }
  let top = select(0u, 1u, id.y == 0u);
  let bottom = select(3u, 2u, id.y + 1u == height);
  let left = select(0u, 1u, id.x == 0u);
  let right = select(3u, 2u, id.x + 1u == width);
  var sum = 0.0;
  for (var i = 0u; i < params.channelsIn; i++) {
    let plane = (item * params.channelsIn + i) * height;
    let window = (channel * params.channelsIn + i) * 9u;
    for (var p = top; p < bottom; p++) {
      // The 1 that is taken away is the width of the padding.
      let at = (plane + id.y + p - 1u) * width + id.x - 1u;
      for (var q = left; q < right; q++) {
        sum += w[window + 3u * p + q] * x[at + q];
      }
    }
  }
  y[(id.z * height + id.y) * width + id.x] = sum;
}
