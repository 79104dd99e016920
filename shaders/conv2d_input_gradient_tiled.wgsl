// conv2d_input_gradient_tiled: dx[n, i, h, v] = sum of w[o, i, p, q] dy[n, o, r, c] over all o of i's group and all
//                              taps with r sy + p dy - py = h and c sx + q dx - px = v.
//
// Layout    dy: [N, Co, OH, OW]; w: [Co, Ci/g, kh, kw]; dx: [N, Ci, H, W]; 0 where no window reaches.
// Work      implicit GEMM, w transposed [channelsIn, K] times dy [K, pixels], one for each phase: the pixels of equal
//           row mod sy and column mod sx, which the same taps reach, every tapStep-th; no others are visited.
//           One workgroup of 16 x THREADS_Y per tile of 8 THREADS_Y channels x 64 pixels; each invocation sums
//           8 channels x 4 pixels. K runs over 16 output channels of one tap at a time.
// Memory    per step 16 elements of w and dy for each channel and pixel of the tile; 8.3 KiB of workgroup memory.
// Numerics  f32; sums over blocks of 16 output channels, then row, then column of the window, then channel.
// Limits    each tensor and N H W below 2^31. THREADS_Y is 4 or 8. WHOLE_QUADS needs strides of 1 and H W to be a
//           multiple of 4. Few channels waste the step of 16.

struct Params {
  channelTiles: u32, // ceil(channelsIn / (8 THREADS_Y))
  pixelTiles: u32, // ceil(pixels / 64)
  pixels: u32, // of one phase: N * phaseHeight * phaseWidth
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
  phases: u32, // strideY * strideX
  phaseHeight: u32, // ceil(H / strideY)
  phaseWidth: u32, // ceil(W / strideX)
  gcdY: u32, // of stride and dilation
  gcdX: u32,
  inverseY: u32, // of dilation / gcd, modulo stride / gcd
  inverseX: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}

fn store_dx4(i: u32, v: vec4<f32>) {
  dx[i] = v.x;
  dx[i + 1u] = v.y;
  dx[i + 2u] = v.z;
  dx[i + 3u] = v.w;
}
// end of seam

override THREADS_Y: u32 = 8;
override WHOLE_QUADS: bool = false;

const DEPTH = 16u;
const ROW = 17u; // quads of a row of tileW

var<workgroup> tileW: array<vec4<f32>, 272>; // [DEPTH][ROW]: 4 channels of dx each
var<workgroup> tileDy: array<vec4<f32>, 256>; // [DEPTH][16]: 4 pixels each

// The first tap that reaches the pixels whose place, padding included, leaves `residue`: the smallest one with
// tap * dilation = residue (mod stride); 2^31 where there is none.
fn first_tap(residue: u32, stride: u32, gcd: u32, inverse: u32) -> u32 {
  return select(1u << 31u, residue / gcd * inverse % (stride / gcd), residue % gcd == 0u);
}

fn load_w_quad(i: vec4<u32>, inside: bool) -> vec4<f32> {
  return select(vec4<f32>(), vec4<f32>(load_w(i.x), load_w(i.y), load_w(i.z), load_w(i.w)), inside);
}

fn load_dy_quad(i: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(load_dy(i.x), load_dy(i.y), load_dy(i.z), load_dy(i.w));
}

// Stores 4 pixels of a phase, of channel `channel` of the group.
fn store_quad(group: u32, channel: u32, phase: vec2<u32>, pixel: vec4<u32>, v: vec4<f32>) {
  if (channel >= params.channelsIn) {
    return;
  }
  let lines = pixel / params.phaseWidth;
  let items = lines / params.phaseHeight;
  let rows = phase.y + (lines - items * params.phaseHeight) * params.strideY;
  let cols = phase.x + (pixel - lines * params.phaseWidth) * params.strideX;
  let planes = (items * params.groups + group) * params.channelsIn + channel;
  let i = (planes * params.heightIn + rows) * params.widthIn + cols;
  let inside = (rows < vec4<u32>(params.heightIn)) & (cols < vec4<u32>(params.widthIn))
    & (pixel < vec4<u32>(params.pixels));
  if (WHOLE_QUADS) {
    if (inside.x) {
      store_dx4(i.x, v);
    }
    return;
  }
  if (inside.x) {
    store_dx(i.x, v.x);
  }
  if (inside.y) {
    store_dx(i.y, v.y);
  }
  if (inside.z) {
    store_dx(i.z, v.z);
  }
  if (inside.w) {
    store_dx(i.w, v.w);
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
  let slab = tile / params.channelTiles / params.pixelTiles;
  if (slab >= params.groups * params.phases) {
    return;
  }
  let group = slab % params.groups;
  let phase = vec2<u32>(slab / params.groups % params.strideX, slab / params.groups / params.strideX);
  let firstIn = tile % params.channelTiles * 8u * THREADS_Y; // within the group
  let firstPixel = tile / params.channelTiles % params.pixelTiles * 64u;
  let channelsIn = params.channelsIn;
  let channelsOut = params.channelsOut;
  let area = params.kernelHeight * params.kernelWidth;
  let planeOut = params.heightOut * params.widthOut;

  let placeY = phase.y + params.paddingY;
  let placeX = phase.x + params.paddingX;
  let firstP = first_tap(placeY % params.strideY, params.strideY, params.gcdY, params.inverseY);
  let firstQ = first_tap(placeX % params.strideX, params.strideX, params.gcdX, params.inverseX);
  let tapStepY = params.strideY / params.gcdY;
  let tapStepX = params.strideX / params.gcdX;

  // Of w this invocation brings always the same quad of channels, at depths `depthW` and `depthW` + 8 of the step.
  // Channels past the end of the group bring what its last one does, and are not stored.
  let quadW = lane % (2u * THREADS_Y);
  let depthW = lane / (2u * THREADS_Y);
  let channelW = firstIn + 4u * quadW + vec4<u32>(0u, 1u, 2u, 3u);
  let colsW = min(channelW, vec4<u32>(channelsIn - 1u)) * area;

  // Of dy it brings always the same quad of pixels, at every THREADS_Y-th depth from `depthDy`.
  let quadDy = lane % 16u;
  let depthDy = lane / 16u;
  let pixelDy = firstPixel + 4u * quadDy + vec4<u32>(0u, 1u, 2u, 3u);
  let lines = pixelDy / params.phaseWidth;
  let items = lines / params.phaseHeight;
  let planes = (items * params.groups + group) * channelsOut * planeOut;
  // Where the first tap meets dy. Both divisions leave no rest.
  let top = u32(i32(placeY - firstP * params.dilationY) / i32(params.strideY));
  let left = u32(i32(placeX - firstQ * params.dilationX) / i32(params.strideX));
  let tops = top + lines - items * params.phaseHeight;
  let lefts = left + pixelDy - lines * params.phaseWidth;

  var sum0 = vec4<f32>(); // 4 pixels of channel firstIn + 4 thread.y; 4 to 7 stand 4 THREADS_Y further on
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();

  for (var firstOut = 0u; firstOut < channelsOut; firstOut += DEPTH) {
    var rows = tops;
    for (var p = firstP; p < params.kernelHeight; p += tapStepY) {
      var cols = lefts;
      for (var q = firstQ; q < params.kernelWidth; q += tapStepX) {
        for (var depth = depthW; depth < DEPTH; depth += 8u) {
          let channel = firstOut + depth;
          let kernel = (group * channelsOut + channel) * channelsIn * area + p * params.kernelWidth + q;
          tileW[depth * ROW + quadW] = load_w_quad(colsW + kernel, channel < channelsOut);
        }

        // A row or column before the first is a number above every size.
        let inside = (rows < vec4<u32>(params.heightOut)) & (cols < vec4<u32>(params.widthOut))
          & (pixelDy < vec4<u32>(params.pixels));
        let places = planes + rows * params.widthOut + cols;
        for (var depth = depthDy; depth < DEPTH; depth += THREADS_Y) {
          let channel = firstOut + depth;
          let quad = load_dy_quad(places + channel * planeOut);
          tileDy[depth * 16u + quadDy] = select(vec4<f32>(), quad, inside & vec4<bool>(channel < channelsOut));
        }
        cols -= vec4<u32>(params.dilationX / params.gcdX);
        workgroupBarrier();

        for (var k = 0u; k < DEPTH; k++) {
          let four = tileDy[k * 16u + thread.x];
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
      rows -= vec4<u32>(params.dilationY / params.gcdY);
    }
  }

  let channel = firstIn + 4u * thread.y;
  let upper = channel + 4u * THREADS_Y;
  let pixel = firstPixel + 4u * thread.x + vec4<u32>(0u, 1u, 2u, 3u);
  store_quad(group, channel, phase, pixel, sum0);
  store_quad(group, channel + 1u, phase, pixel, sum1);
  store_quad(group, channel + 2u, phase, pixel, sum2);
  store_quad(group, channel + 3u, phase, pixel, sum3);
  store_quad(group, upper, phase, pixel, sum4);
  store_quad(group, upper + 1u, phase, pixel, sum5);
  store_quad(group, upper + 2u, phase, pixel, sum6);
  store_quad(group, upper + 3u, phase, pixel, sum7);
}
