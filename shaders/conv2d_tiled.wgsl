// conv2d_tiled: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r sy + p dy - py, c sx + q dx - px], i in o's group.
//
// Layout    x: [N, Ci, H, W]; w: [Co, Ci/g, kh, kw]; y: [N, Co, OH, OW]; x counts as 0 outside.
// Work      implicit GEMM, w [channelsOut, K] times windows of x [K, pixels] with pixels = N OH OW. One workgroup of
//           16 x THREADS_Y per tile of 8 THREADS_Y channels x 64 pixels; each invocation sums 8 channels x 4 pixels.
//           K runs over 16 input channels of one tap at a time: where a pixel's tap lies is worked out once for all 16.
// Memory    per step 16 elements of w and x for each channel and pixel of the tile; 8.3 KiB of workgroup memory.
// Numerics  f32; sums over blocks of 16 input channels, then row, then column of the window, then channel.
// Limits    each tensor and N OH OW below 2^31. THREADS_Y is 4 or 8. POINTWISE needs 1 x 1 windows of stride 1 and no
//           padding; it and WHOLE_QUADS need OH OW to be a multiple of 4. Few channels waste the step of 16.

struct Params {
  channelTiles: u32, // ceil(channelsOut / (8 THREADS_Y))
  pixelTiles: u32, // ceil(pixels / 64)
  pixels: u32,
  groups: u32,
  channelsIn: u32, // of one group
  channelsOut: u32, // of one group
  heightIn: u32,
  widthIn: u32,
  heightOut: u32,
  widthOut: u32,
  kernelHeight: u32,
  kernelWidth: u32,
  strideY: u32,
  strideX: u32,
  paddingY: u32,
  paddingX: u32,
  dilationY: u32,
  dilationX: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}
// end of seam

override THREADS_Y: u32 = 8;
override POINTWISE: bool = false;
override WHOLE_QUADS: bool = false;

const DEPTH = 16u;
const ROW = 17u; // quads of a row of tileW; odd, so that its columns fall into different banks

var<workgroup> tileW: array<vec4<f32>, 272>; // [DEPTH][ROW]: 4 channels of y each
var<workgroup> tileX: array<vec4<f32>, 256>; // [DEPTH][16]: 4 pixels each

fn load_w_quad(rows: vec4<u32>, offset: u32, inside: bool) -> vec4<f32> {
  let i = rows + offset;
  return select(vec4<f32>(), vec4<f32>(load_w(i.x), load_w(i.y), load_w(i.z), load_w(i.w)), inside);
}

fn load_x_quad(i: vec4<u32>) -> vec4<f32> {
  if (POINTWISE) {
    return load_x4(i.x);
  }
  return vec4<f32>(load_x(i.x), load_x(i.y), load_x(i.z), load_x(i.w));
}

// Stores 4 pixels of channel `channel` of the group.
fn store_quad(group: u32, channel: u32, pixel: vec4<u32>, v: vec4<f32>) {
  if (channel >= params.channelsOut) {
    return;
  }
  let plane = params.heightOut * params.widthOut;
  let item = pixel / plane;
  let i = ((item * params.groups + group) * params.channelsOut + channel) * plane + (pixel - item * plane);
  if (WHOLE_QUADS) {
    if (pixel.x < params.pixels) {
      store_y4(i.x, v);
    }
    return;
  }
  if (pixel.x < params.pixels) {
    store_y(i.x, v.x);
  }
  if (pixel.y < params.pixels) {
    store_y(i.y, v.y);
  }
  if (pixel.z < params.pixels) {
    store_y(i.z, v.z);
  }
  if (pixel.w < params.pixels) {
    store_y(i.w, v.w);
  }
}

@compute @workgroup_size(16, THREADS_Y)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_id) thread: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = workgroupId.y * workgroupCount.x + workgroupId.x;
  let group = tile / params.channelTiles / params.pixelTiles;
  if (group >= params.groups) {
    return;
  }
  let firstOut = tile % params.channelTiles * 8u * THREADS_Y; // within the group
  let firstPixel = tile / params.channelTiles % params.pixelTiles * 64u;
  let channelsIn = params.channelsIn;
  let area = params.kernelHeight * params.kernelWidth;
  let planeIn = params.heightIn * params.widthIn;

  // Of w this invocation brings two quads of channels, always at depth `depthW` of the step.
  // Channels past the end of the group bring what its last one does, and are not stored.
  let depthW = lane % DEPTH;
  let quadW = lane / DEPTH;
  let channelW = firstOut + 4u * quadW + vec4<u32>(0u, 1u, 2u, 3u);
  let baseOut = group * params.channelsOut;
  let lastOut = vec4<u32>(params.channelsOut - 1u);
  let rowsLower = (baseOut + min(channelW, lastOut)) * channelsIn * area;
  let rowsUpper = (baseOut + min(channelW + 4u * THREADS_Y, lastOut)) * channelsIn * area;

  // Of x it brings always the same quad of pixels, at every THREADS_Y-th depth from `depthX`.
  let quadX = lane % 16u;
  let depthX = lane / 16u;
  let pixelX = firstPixel + 4u * quadX + vec4<u32>(0u, 1u, 2u, 3u);
  let lines = pixelX / params.widthOut;
  let items = lines / params.heightOut;
  let tops = (lines - items * params.heightOut) * params.strideY - params.paddingY;
  let lefts = (pixelX - lines * params.widthOut) * params.strideX - params.paddingX;
  let planes = (items * params.groups + group) * channelsIn * planeIn;

  var sum0 = vec4<f32>(); // 4 pixels of channel firstOut + 4 thread.y; 4 to 7 stand 4 THREADS_Y further on
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();

  for (var firstIn = 0u; firstIn < channelsIn; firstIn += DEPTH) {
    for (var p = 0u; p < params.kernelHeight; p++) {
      for (var q = 0u; q < params.kernelWidth; q++) {
        let offset = (firstIn + depthW) * area + p * params.kernelWidth + q;
        let insideW = firstIn + depthW < channelsIn;
        tileW[depthW * ROW + quadW] = load_w_quad(rowsLower, offset, insideW);
        tileW[depthW * ROW + quadW + THREADS_Y] = load_w_quad(rowsUpper, offset, insideW);

        // A row or column before the first wraps to a number above every size.
        let rows = tops + p * params.dilationY;
        let cols = lefts + q * params.dilationX;
        let inside = (rows < vec4<u32>(params.heightIn)) & (cols < vec4<u32>(params.widthIn))
          & (pixelX < vec4<u32>(params.pixels));
        let places = planes + rows * params.widthIn + cols;
        for (var depth = depthX; depth < DEPTH; depth += THREADS_Y) {
          let channel = firstIn + depth;
          let quad = load_x_quad(places + channel * planeIn);
          tileX[depth * 16u + quadX] = select(vec4<f32>(), quad, inside & vec4<bool>(channel < channelsIn));
        }
        workgroupBarrier();

        for (var k = 0u; k < DEPTH; k++) {
          let four = tileX[k * 16u + thread.x];
          let lower = tileW[k * ROW + thread.y];
          let upper = tileW[k * ROW + thread.y + THREADS_Y];
          sum0 += lower.x * four;
          sum1 += lower.y * four;
          sum2 += lower.z * four;
          sum3 += lower.w * four;
          sum4 += upper.x * four;
          sum5 += upper.y * four;
          sum6 += upper.z * four;
          sum7 += upper.w * four;
        }
        workgroupBarrier();
      }
    }
  }

  let channel = firstOut + 4u * thread.y;
  let upper = channel + 4u * THREADS_Y;
  let pixel = firstPixel + 4u * thread.x + vec4<u32>(0u, 1u, 2u, 3u);
  store_quad(group, channel, pixel, sum0);
  store_quad(group, channel + 1u, pixel, sum1);
  store_quad(group, channel + 2u, pixel, sum2);
  store_quad(group, channel + 3u, pixel, sum3);
  store_quad(group, upper, pixel, sum4);
  store_quad(group, upper + 1u, pixel, sum5);
  store_quad(group, upper + 2u, pixel, sum6);
  store_quad(group, upper + 3u, pixel, sum7);
}
