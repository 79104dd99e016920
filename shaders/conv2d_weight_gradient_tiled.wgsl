// conv2d_weight_gradient_tiled: dw[k, o, i, p, q] = sum of dy[n, o, r, c] x[n, i, r sy + p dy - py, c sx + q dx - px]
//                               over the pixels (n, r, c) of part k; with SUMS behind them, for each o, the sum of
//                               dy[n, o, r, c] over part k: the gradient of a bias.
//
// Layout    dy: [N, Co, OH, OW]; x: [N, Ci, H, W]; dw: [splits, Co, Ci/g, kh, kw], with SUMS [splits, Co Ci/g kh kw + Co]:
//           partial sums, to be added up.
// Work      implicit GEMM, dy [channelsOut, K] times windows of x [K, taps * channelsIn], K the pixels of a part.
//           One workgroup of 16 x THREADS_Y per tile of 8 THREADS_Y output channels x 16 quads; a quad is 4 input
//           channels of one tap; each invocation sums 8 output channels x 1 quad. K runs over 16 pixels at a time.
//           With SUMS each invocation adds up what it brings of dy, and the workgroups of the first quads add up theirs.
// Memory    per step 16 elements of dy and x for each row and column of the tile; 8.8 KiB of workgroup memory.
//           Neighbouring invocations read neighbouring pixels.
// Numerics  f32; each part sums over item, row and column in this order.
// Limits    each tensor and N OH OW below 2^31. THREADS_Y is 4 or 8.

struct Params {
  splits: u32,
  pixels: u32, // N * OH * OW
  pixelsPerPart: u32, // ceil(pixels / splits)
  channelTiles: u32, // ceil(channelsOut / (8 THREADS_Y))
  quadTiles: u32, // ceil(kh * kw * tapQuads / 16)
  tapQuads: u32, // ceil(channelsIn / 4)
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
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn store_dw(i: u32, v: f32) {
  dw[i] = v;
}
// end of seam

override THREADS_Y: u32 = 8;
override SUMS: bool = false;

const DEPTH = 16u;
const ROW = 17u; // quads of a row of a tile; odd, so that its columns fall into different banks

struct Quad {
  plane: u32, // where its first channel's plane starts, in item 0
  count: u32, // channels inside, 0 to 4
  top: u32, // where its tap meets x for row 0 and column 0 of dy
  left: u32,
}

var<workgroup> quads: array<Quad, 16>;
var<workgroup> tileDy: array<vec4<f32>, 272>; // [DEPTH][ROW]: 4 output channels each
var<workgroup> tileX: array<vec4<f32>, 272>; // [DEPTH][ROW]: 4 input channels of one tap each

fn quad_at(group: u32, index: u32) -> Quad {
  let tap = index / params.tapQuads;
  let channel = index % params.tapQuads * 4u;
  let p = tap / params.kernelWidth;
  return Quad(
    (group * params.channelsIn + channel) * params.heightIn * params.widthIn,
    select(0u, min(4u, params.channelsIn - channel), p < params.kernelHeight),
    p * params.dilationY - params.paddingY,
    tap % params.kernelWidth * params.dilationX - params.paddingX,
  );
}

fn load_dy_quad(i: vec4<u32>, inside: bool) -> vec4<f32> {
  return select(vec4<f32>(), vec4<f32>(load_dy(i.x), load_dy(i.y), load_dy(i.z), load_dy(i.w)), inside);
}

fn load_x_quad(i: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(load_x(i.x), load_x(i.y), load_x(i.z), load_x(i.w));
}

// Stores the sums of one output channel of the group with the 4 input channels of a quad.
fn store_quad(part: u32, group: u32, channel: u32, index: u32, v: vec4<f32>) {
  let tap = index / params.tapQuads;
  let area = params.kernelHeight * params.kernelWidth;
  if (channel >= params.channelsOut || tap >= area) {
    return;
  }
  let first = index % params.tapQuads * 4u;
  let kernel = (part * params.groups + group) * params.channelsOut + channel;
  let sums = select(0u, part * params.groups * params.channelsOut, SUMS);
  let i = (kernel * params.channelsIn + first) * area + tap + sums;
  let count = params.channelsIn - first;
  store_dw(i, v.x);
  if (count > 1u) {
    store_dw(i + area, v.y);
  }
  if (count > 2u) {
    store_dw(i + 2u * area, v.z);
  }
  if (count > 3u) {
    store_dw(i + 3u * area, v.w);
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
  let slab = tile / params.channelTiles / params.quadTiles;
  let part = slab / params.groups;
  if (part >= params.splits) {
    return;
  }
  let group = slab % params.groups;
  let firstOut = tile % params.channelTiles * 8u * THREADS_Y; // within the group
  let firstQuad = tile / params.channelTiles % params.quadTiles * 16u;
  let planeIn = params.heightIn * params.widthIn;
  let planeOut = params.heightOut * params.widthOut;
  let itemIn = params.groups * params.channelsIn * planeIn;
  let itemOut = params.groups * params.channelsOut * planeOut;
  if (lane < 16u) {
    quads[lane] = quad_at(group, firstQuad + lane);
  }
  workgroupBarrier();

  // This invocation brings always the same pixel of the step: of dy two quads of channels, of x every THREADS_Y-th
  // quad. Channels past the end of the group bring what its last one does, and are not stored.
  let depth = lane % DEPTH;
  let quadRow = lane / DEPTH;
  let channelDy = firstOut + 4u * quadRow + vec4<u32>(0u, 1u, 2u, 3u);
  let baseOut = group * params.channelsOut;
  let lastOut = vec4<u32>(params.channelsOut - 1u);
  let planesLower = (baseOut + min(channelDy, lastOut)) * planeOut;
  let planesUpper = (baseOut + min(channelDy + 4u * THREADS_Y, lastOut)) * planeOut;

  var sum0 = vec4<f32>(); // a quad with channel firstOut + 4 thread.y; 4 to 7 stand 4 THREADS_Y further on
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();
  var sumLower = vec4<f32>(); // of what this invocation brings of dy
  var sumUpper = vec4<f32>();

  let firstPixel = min(part * params.pixelsPerPart, params.pixels);
  let endPixel = min(firstPixel + params.pixelsPerPart, params.pixels);
  for (var start = firstPixel; start < endPixel; start += DEPTH) {
    let pixel = start + depth;
    let isPixel = pixel < endPixel;
    let line = pixel / params.widthOut;
    let item = line / params.heightOut;
    let place = item * itemOut + pixel - item * planeOut;
    let lowerDy = load_dy_quad(planesLower + place, isPixel);
    let upperDy = load_dy_quad(planesUpper + place, isPixel);
    tileDy[depth * ROW + quadRow] = lowerDy;
    tileDy[depth * ROW + quadRow + THREADS_Y] = upperDy;
    if (SUMS) {
      sumLower += lowerDy;
      sumUpper += upperDy;
    }

    let top = (line - item * params.heightOut) * params.strideY;
    let left = (pixel - line * params.widthOut) * params.strideX;
    for (var index = quadRow; index < 16u; index += THREADS_Y) {
      let quad = quads[index];
      // A row or column before the first wraps to a number above every size.
      let row = top + quad.top;
      let col = left + quad.left;
      let count = select(0u, quad.count, isPixel && row < params.heightIn && col < params.widthIn);
      let first = item * itemIn + quad.plane + row * params.widthIn + col;
      let v = load_x_quad(first + vec4<u32>(0u, 1u, 2u, 3u) * planeIn);
      tileX[depth * ROW + index] = select(vec4<f32>(), v, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(count));
    }
    workgroupBarrier();

    for (var k = 0u; k < DEPTH; k++) {
      let four = tileX[k * ROW + thread.x];
      let lower = tileDy[k * ROW + thread.y];
      let upper = tileDy[k * ROW + thread.y + THREADS_Y];
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

  if (SUMS && firstQuad == 0u) {
    tileDy[depth * ROW + quadRow] = sumLower;
    tileDy[depth * ROW + quadRow + THREADS_Y] = sumUpper;
    workgroupBarrier();
    if (lane < 8u * THREADS_Y && firstOut + lane < params.channelsOut) {
      var sum = 0.0;
      for (var k = 0u; k < DEPTH; k++) {
        sum += tileDy[k * ROW + lane / 4u][lane % 4u];
      }
      let planesOut = params.groups * params.channelsOut;
      let weights = planesOut * params.channelsIn * params.kernelHeight * params.kernelWidth;
      store_dw(part * planesOut + (part + 1u) * weights + baseOut + firstOut + lane, sum);
    }
  }

  let channel = firstOut + 4u * thread.y;
  let upper = channel + 4u * THREADS_Y;
  let index = firstQuad + thread.x;
  store_quad(part, group, channel, index, sum0);
  store_quad(part, group, channel + 1u, index, sum1);
  store_quad(part, group, channel + 2u, index, sum2);
  store_quad(part, group, channel + 3u, index, sum3);
  store_quad(part, group, upper, index, sum4);
  store_quad(part, group, upper + 1u, index, sum5);
  store_quad(part, group, upper + 2u, index, sum6);
  store_quad(part, group, upper + 3u, index, sum7);
}
