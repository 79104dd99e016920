// conv2d_weight_gradient_direct: dw[k, o, i, p, q] = sum of dy[n, o, r, c] x[n, i, r sy + p dy - py, c sx + q dx - px]
//                                over the rows (n, r) and columns c of part k.
//
// Layout    dy: [N, Co, OH, OW]; x: [N, Ci, H, W]; dw: [splits, Co, Ci/g, kh, kw]: partial sums, to be added up.
// Work      one invocation per part, CHANNELS output channels of a group, and two rows (i, p) of TAPS taps each.
//           A part is a run of units; a unit is up to segmentColumns columns of one row of dy.
// Memory    no workgroup memory. Per column CHANNELS loads of dy and, when SLIDES, 2 of x (else 2 TAPS) for
//           2 CHANNELS TAPS multiply-adds: with SLIDES each column moves the taps' window on by one element.
// Numerics  f32; each part sums over item, row and column in this order.
// Limits    each tensor has fewer than 2^31 elements; 1 <= CHANNELS <= 4; 1 <= TAPS <= 8; SLIDES needs
//           strideX = dilationX.

struct Params {
  splits: u32,
  units: u32, // N * OH * segments
  unitsPerPart: u32, // ceil(units / splits)
  segments: u32, // ceil(OW / segmentColumns)
  segmentColumns: u32,
  pairs: u32, // ceil(channelsIn * kh / 2)
  tapBlocks: u32, // ceil(kw / TAPS)
  blocks: u32, // ceil(channelsOut / CHANNELS)
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

override WORKGROUP_SIZE: u32 = 64;
override CHANNELS: u32 = 4;
override TAPS: u32 = 8;
override SLIDES: bool = true;

// A column left of the row wraps to a number above every width.
fn load_padded(start: u32, col: u32, width: u32) -> f32 {
  return select(0.0, load_x(start + col), col < width);
}

// A row of taps fills the last TAPS of eight places: `low` has places 0 to 3, `high` 4 to 7. Place 0 would read `col`.
fn load_low(start: u32, col: u32, width: u32) -> vec4<f32> {
  var low = vec4<f32>();
  if (TAPS > 4u) {
    low.w = load_padded(start, col + 3u * params.dilationX, width);
  }
  if (TAPS > 5u) {
    low.z = load_padded(start, col + 2u * params.dilationX, width);
  }
  if (TAPS > 6u) {
    low.y = load_padded(start, col + params.dilationX, width);
  }
  if (TAPS > 7u) {
    low.x = load_padded(start, col, width);
  }
  return low;
}

fn load_high(start: u32, col: u32, width: u32) -> vec4<f32> {
  var high = vec4<f32>();
  high.w = load_padded(start, col + 7u * params.dilationX, width);
  if (TAPS > 1u) {
    high.z = load_padded(start, col + 6u * params.dilationX, width);
  }
  if (TAPS > 2u) {
    high.y = load_padded(start, col + 5u * params.dilationX, width);
  }
  if (TAPS > 3u) {
    high.x = load_padded(start, col + 4u * params.dilationX, width);
  }
  return high;
}

// Stores the sums of tap `q` for up to `channels` output channels; `start` is tap 0 of the first one.
fn store_tap(start: u32, q: u32, channels: u32, v: vec4<f32>) {
  let size = params.channelsIn * params.kernelHeight * params.kernelWidth;
  if (q >= params.kernelWidth) {
    return;
  }
  store_dw(start + q, v.x);
  if (CHANNELS > 1u && channels > 1u) {
    store_dw(start + q + size, v.y);
  }
  if (CHANNELS > 2u && channels > 2u) {
    store_dw(start + q + 2u * size, v.z);
  }
  if (CHANNELS > 3u && channels > 3u) {
    store_dw(start + q + 3u * size, v.w);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  var rest = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  let pair = rest % params.pairs;
  rest /= params.pairs;
  let firstTap = rest % params.tapBlocks * TAPS;
  rest /= params.tapBlocks;
  let firstOut = rest % params.blocks * CHANNELS; // within the group
  rest /= params.blocks;
  let group = rest % params.groups;
  let part = rest / params.groups;
  if (part >= params.splits) {
    return;
  }

  let kernelHeight = params.kernelHeight;
  let heightIn = params.heightIn;
  let widthIn = params.widthIn;
  let heightOut = params.heightOut;
  let widthOut = params.widthOut;
  let segments = params.segments;
  let strideX = params.strideX;
  let dilationX = params.dilationX;
  let planesIn = params.groups * params.channelsIn;
  let planesOut = params.groups * params.channelsOut;
  let tapRows = params.channelsIn * kernelHeight;
  // Without a second row the first is computed twice, and stored once.
  let pairB = min(pair + params.pairs, tapRows - 1u);
  let channelA = group * params.channelsIn + pair / kernelHeight;
  let channelB = group * params.channelsIn + pairB / kernelHeight;
  let topA = pair % kernelHeight * params.dilationY - params.paddingY;
  let topB = pairB % kernelHeight * params.dilationY - params.paddingY;
  let left = (firstTap + TAPS - 8u) * dilationX - params.paddingX;
  // Channels past the end of the group compute what its last one does, and are not stored.
  let channels = params.channelsOut - firstOut;
  let plane = heightOut * widthOut;
  let dy1 = min(1u, channels - 1u) * plane;
  let dy2 = min(2u, channels - 1u) * plane;
  let dy3 = min(3u, channels - 1u) * plane;
  var a0 = vec4<f32>(); // place 0 of the first row, for CHANNELS output channels
  var a1 = vec4<f32>();
  var a2 = vec4<f32>();
  var a3 = vec4<f32>();
  var a4 = vec4<f32>();
  var a5 = vec4<f32>();
  var a6 = vec4<f32>();
  var a7 = vec4<f32>();
  var b0 = vec4<f32>();
  var b1 = vec4<f32>();
  var b2 = vec4<f32>();
  var b3 = vec4<f32>();
  var b4 = vec4<f32>();
  var b5 = vec4<f32>();
  var b6 = vec4<f32>();
  var b7 = vec4<f32>();

  let firstUnit = min(part * params.unitsPerPart, params.units);
  let endUnit = min(firstUnit + params.unitsPerPart, params.units);
  for (var unit = firstUnit; unit < endUnit; unit++) {
    let line = unit / segments;
    let item = line / heightOut;
    let row = line % heightOut;
    let rowA = topA + row * params.strideY;
    let rowB = topB + row * params.strideY;
    // A row outside x is a row of width 0.
    let widthA = select(0u, widthIn, rowA < heightIn);
    let widthB = select(0u, widthIn, rowB < heightIn);
    if (widthA + widthB == 0u) {
      continue;
    }
    let startA = ((item * planesIn + channelA) * heightIn + rowA) * widthIn;
    let startB = ((item * planesIn + channelB) * heightIn + rowB) * widthIn;
    let startDy = (item * planesOut + group * params.channelsOut + firstOut) * plane + row * widthOut;
    let firstCol = unit % segments * params.segmentColumns;
    let endCol = min(firstCol + params.segmentColumns, widthOut);

    var col = left + firstCol * strideX;
    var lowA = vec4<f32>();
    var lowB = vec4<f32>();
    var highA = vec4<f32>();
    var highB = vec4<f32>();
    if (SLIDES) {
      // One column early, so that the first column moves the taps into place.
      lowA = load_low(startA, col - strideX, widthA);
      lowB = load_low(startB, col - strideX, widthB);
      highA = load_high(startA, col - strideX, widthA);
      highB = load_high(startB, col - strideX, widthB);
    }
    for (var at = startDy + firstCol; at < startDy + endCol; at++) {
      if (SLIDES) {
        lowA = vec4<f32>(lowA.yzw, highA.x);
        lowB = vec4<f32>(lowB.yzw, highB.x);
        highA = vec4<f32>(highA.yzw, load_padded(startA, col + 7u * dilationX, widthA));
        highB = vec4<f32>(highB.yzw, load_padded(startB, col + 7u * dilationX, widthB));
      } else {
        lowA = load_low(startA, col, widthA);
        lowB = load_low(startB, col, widthB);
        highA = load_high(startA, col, widthA);
        highB = load_high(startB, col, widthB);
      }
      col += strideX;
      var four = vec4<f32>(load_dy(at));
      if (CHANNELS > 1u) {
        four.y = load_dy(at + dy1);
      }
      if (CHANNELS > 2u) {
        four.z = load_dy(at + dy2);
      }
      if (CHANNELS > 3u) {
        four.w = load_dy(at + dy3);
      }
      a7 += highA.w * four;
      b7 += highB.w * four;
      if (TAPS > 1u) {
        a6 += highA.z * four;
        b6 += highB.z * four;
      }
      if (TAPS > 2u) {
        a5 += highA.y * four;
        b5 += highB.y * four;
      }
      if (TAPS > 3u) {
        a4 += highA.x * four;
        b4 += highB.x * four;
      }
      if (TAPS > 4u) {
        a3 += lowA.w * four;
        b3 += lowB.w * four;
      }
      if (TAPS > 5u) {
        a2 += lowA.z * four;
        b2 += lowB.z * four;
      }
      if (TAPS > 6u) {
        a1 += lowA.y * four;
        b1 += lowB.y * four;
      }
      if (TAPS > 7u) {
        a0 += lowA.x * four;
        b0 += lowB.x * four;
      }
    }
  }

  let sumStart = part * planesOut + group * params.channelsOut + firstOut;
  let startA = (sumStart * tapRows + pair) * params.kernelWidth;
  let startB = startA + params.pairs * params.kernelWidth;
  let hasB = pair + params.pairs < tapRows;
  store_tap(startA, firstTap + TAPS - 1u, channels, a7);
  if (hasB) {
    store_tap(startB, firstTap + TAPS - 1u, channels, b7);
  }
  if (TAPS > 1u) {
    store_tap(startA, firstTap + TAPS - 2u, channels, a6);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 2u, channels, b6);
    }
  }
  if (TAPS > 2u) {
    store_tap(startA, firstTap + TAPS - 3u, channels, a5);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 3u, channels, b5);
    }
  }
  if (TAPS > 3u) {
    store_tap(startA, firstTap + TAPS - 4u, channels, a4);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 4u, channels, b4);
    }
  }
  if (TAPS > 4u) {
    store_tap(startA, firstTap + TAPS - 5u, channels, a3);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 5u, channels, b3);
    }
  }
  if (TAPS > 5u) {
    store_tap(startA, firstTap + TAPS - 6u, channels, a2);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 6u, channels, b2);
    }
  }
  if (TAPS > 6u) {
    store_tap(startA, firstTap + TAPS - 7u, channels, a1);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 7u, channels, b1);
    }
  }
  if (TAPS > 7u) {
    store_tap(startA, firstTap + TAPS - 8u, channels, a0);
    if (hasB) {
      store_tap(startB, firstTap + TAPS - 8u, channels, b0);
    }
  }
}
