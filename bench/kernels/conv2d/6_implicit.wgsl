// 6_implicit: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r + p - 1, c + q - 1], p and q from 0 to 2
//
// Changes   A convolution is a product of matrices, the weights times all windows of x laid out as columns. Those columns
//           are never written: the loader of a shared tile works out where each element of them stands in x.
// Layout    x: [batch, channelsIn, height, width], w: [ceil(channelsOut / 4), channelsIn, 3, 3] of four channels each,
//           with zeros past the last, y: [batch, channelsOut, height, width].
// Work      one workgroup of 16 x 8 per tile of 32 channels x 64 pixels, 4 x 4 elements each; 16 input channels of one
//           tap at a time, so that the place of a pixel's tap is worked out once for all 16.
// Memory    x is read 9 channelsOut / 32 times, w once for every 64 pixels; 6 KiB of workgroup memory.
// Numerics  f32; sums over blocks of 16 input channels, then row, then column of the window, then channel.
// Limits    y has fewer than 4194240 pixels in all.

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

var<workgroup> tileW: array<vec4<f32>, 128>; // [16 input channels][8 quads of channels]
var<workgroup> tileX: array<vec4<f32>, 256>; // [16 input channels][16 quads of pixels]

fn store_pixel(pixel: u32, channel: u32, v: vec4<f32>) {
  let plane = params.height * params.width;
  if (pixel >= params.batch * plane) {
    return;
  }
  let item = pixel / plane;
  let at = (item * params.channelsOut + channel) * plane + pixel - item * plane;
  if (channel < params.channelsOut) { y[at] = v.x; }
  if (channel + 1u < params.channelsOut) { y[at + plane] = v.y; }
  if (channel + 2u < params.channelsOut) { y[at + 2u * plane] = v.z; }
  if (channel + 3u < params.channelsOut) { y[at + 3u * plane] = v.w; }
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let height = params.height;
  let width = params.width;
  let plane = height * width;
  let blocks = (params.channelsOut + 3u) / 4u;
  let firstBlock = 8u * group.y;
  let down = lane / 16u;
  let across = lane % 16u;

  // The four pixels whose taps this invocation loads, and which it computes too.
  let pixels = 64u * group.x + 4u * across + vec4<u32>(0u, 1u, 2u, 3u);
  let items = pixels / plane;
  let places = pixels - items * plane;
  let rows = places / width;
  let cols = places - rows * width;
  let planes = items * params.channelsIn * plane;

  var sums = mat4x4<f32>(); // a column of four channels for each pixel
  for (var i = 0u; i < params.channelsIn; i += 16u) {
    for (var tap = 0u; tap < 9u; tap++) {
      let channelW = i + lane / 8u;
      let block = firstBlock + lane % 8u;
      let insideW = channelW < params.channelsIn && block < blocks;
      tileW[lane] = select(vec4<f32>(), w[(block * params.channelsIn + channelW) * 9u + tap], insideW);

      // A row or column before the first wraps to a number above every size.
      let inRows = rows + tap / 3u - 1u;
      let inCols = cols + tap % 3u - 1u;
      let inside = (inRows < vec4<u32>(height)) & (inCols < vec4<u32>(width)) & (items < vec4<u32>(params.batch));
      let start = planes + inRows * width + inCols;
      for (var d = down; d < 16u; d += 8u) {
        let at = start + (i + d) * plane;
        let four = vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
        tileX[16u * d + across] = select(vec4<f32>(), four, inside & vec4<bool>(i + d < params.channelsIn));
      }
      workgroupBarrier();
      for (var d = 0u; d < 16u; d++) {
        let weights = tileW[8u * d + down];
        let four = tileX[16u * d + across];
        sums[0] += four.x * weights;
        sums[1] += four.y * weights;
        sums[2] += four.z * weights;
        sums[3] += four.w * weights;
      }
      workgroupBarrier();
    }
  }

  let channel = 4u * (firstBlock + down);
  store_pixel(pixels.x, channel, sums[0]);
  store_pixel(pixels.y, channel, sums[1]);
  store_pixel(pixels.z, channel, sums[2]);
  store_pixel(pixels.w, channel, sums[3]);
}
