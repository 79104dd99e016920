// conv2d_weight_gradient_direct: dw[k, o, i, p, q] = sum of dy[n, o, r, c] x[n, i, r sy + p dy - py, c sx + q dx - px]
//                                over the rows (n, r) and columns c of part k; with SUMS behind them, for each o, the
//                                sum of dy[n, o, r, c] over part k: the gradient of a bias.
//
// Layout    dy: [N, Co, OH, OW]; x: [N, Ci, H, W]; dw: [splits, Co, Ci/g, kh, kw], with SUMS [splits, Co Ci/g kh kw + Co]:
//           partial sums, to be added up.
// Work      one invocation per part, CHANNELS output channels of a group, and two rows (i, p) of TAPS taps each.
//           A part is a run of units; a unit is up to segmentColumns columns of one row of dy. One turn of the only
//           loop takes 4 columns, written out: a software adapter pays for every sum that a loop carries on, at every
//           turn. With SUMS one invocation more per part and output channel, which does nothing else.
// Memory    no workgroup memory. Per 4 columns 4 CHANNELS loads of dy and, where REACH is 1, 2 (TAPS + 3) of x (else
//           up to 8 TAPS) for 8 CHANNELS TAPS multiply-adds: columns that an earlier tap saw are moved on by one place.
// Numerics  f32; each part sums over item, row and column in this order, 4 columns at a time; SUMS 16 pixels at a time,
//           of parts as long as these but for a row.
// Limits    each tensor has fewer than 2^31 elements; 1 <= CHANNELS <= 4; 1 <= TAPS <= 8; REACH is
//           strideX / dilationX where that is 1 or 2, else 0; MASKS where a segment may end within 4 columns.

struct Params {
  splits: u32,
  units: u32, // N * OH * segments
  unitsPerPart: u32, // ceil(units / splits)
  segments: u32, // ceil(OW / segmentColumns)
  segmentColumns: u32, // a multiple of 4
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
override TAPS: u32 = 3;
override REACH: u32 = 1;
override MASKS: bool = true;
override SUMS: bool = false;

// Where tap 0 of both rows meets the first of 4 columns of dy in x, and how many of the 4 there are.
struct Place {
  startA: u32,
  startB: u32,
  col: u32,
  widthA: u32,
  widthB: u32,
  count: u32,
}

// For each tap of both rows: the sums of CHANNELS output channels.
struct Sums {
  a0: vec4<f32>,
  a1: vec4<f32>,
  a2: vec4<f32>,
  a3: vec4<f32>,
  a4: vec4<f32>,
  a5: vec4<f32>,
  a6: vec4<f32>,
  a7: vec4<f32>,
  b0: vec4<f32>,
  b1: vec4<f32>,
  b2: vec4<f32>,
  b3: vec4<f32>,
  b4: vec4<f32>,
  b5: vec4<f32>,
  b6: vec4<f32>,
  b7: vec4<f32>,
}

// A column left of the row wraps to a number above every width.
fn load_padded(start: u32, col: u32, width: u32) -> f32 {
  return select(0.0, load_x(start + col), col < width);
}

fn load_four(start: u32, col: u32, width: u32) -> vec4<f32> {
  let stride = params.strideX;
  return vec4<f32>(
    load_padded(start, col, width),
    load_padded(start, col + stride, width),
    load_padded(start, col + 2u * stride, width),
    load_padded(start, col + 3u * stride, width),
  );
}

// What both rows see through tap `q` from 4 columns.
fn seen(place: Place, q: u32) -> mat2x4<f32> {
  let col = place.col + q * params.dilationX;
  return mat2x4<f32>(
    load_four(place.startA, col, place.widthA),
    load_four(place.startB, col, place.widthB),
  );
}

// The same, where the tap REACH before saw `before`.
fn seen_after(before: mat2x4<f32>, place: Place, q: u32) -> mat2x4<f32> {
  let last = place.col + q * params.dilationX + 3u * params.strideX;
  return mat2x4<f32>(
    vec4<f32>(before[0].yzw, load_padded(place.startA, last, place.widthA)),
    vec4<f32>(before[1].yzw, load_padded(place.startB, last, place.widthB)),
  );
}

// The same, from tap 2 on, where the two taps before saw `first` and `second`.
fn seen_next(first: mat2x4<f32>, second: mat2x4<f32>, place: Place, q: u32) -> mat2x4<f32> {
  if (REACH == 1u) {
    return seen_after(second, place, q);
  }
  if (REACH == 2u) {
    return seen_after(first, place, q);
  }
  return seen(place, q);
}

// Of `v` the columns that there are.
fn columns(v: vec4<f32>, count: u32) -> vec4<f32> {
  if (MASKS) {
    return select(vec4<f32>(), v, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(count));
  }
  return v;
}

fn load_gradients(at: u32, count: u32) -> vec4<f32> {
  return columns(vec4<f32>(load_dy(at), load_dy(at + 1u), load_dy(at + 2u), load_dy(at + 3u)), count);
}

// What one tap that sees `x` gives for each channel: `gradients` has a column for each.
fn products(x: vec4<f32>, gradients: mat4x4<f32>, count: u32) -> vec4<f32> {
  let seen = columns(x, count);
  var sums = vec4<f32>(dot(seen, gradients[0]));
  if (CHANNELS > 1u) {
    sums.y = dot(seen, gradients[1]);
  }
  if (CHANNELS > 2u) {
    sums.z = dot(seen, gradients[2]);
  }
  if (CHANNELS > 3u) {
    sums.w = dot(seen, gradients[3]);
  }
  return sums;
}

// Adds what 4 columns give to all taps.
fn add_columns(sums: ptr<function, Sums>, place: Place, gradients: mat4x4<f32>) {
  let count = place.count;
  var even = seen(place, 0u);
  (*sums).a0 += products(even[0], gradients, count);
  (*sums).b0 += products(even[1], gradients, count);
  var odd = even;
  if (TAPS > 1u) {
    if (REACH == 1u) {
      odd = seen_after(even, place, 1u);
    } else {
      odd = seen(place, 1u);
    }
    (*sums).a1 += products(odd[0], gradients, count);
    (*sums).b1 += products(odd[1], gradients, count);
  }
  if (TAPS > 2u) {
    even = seen_next(even, odd, place, 2u);
    (*sums).a2 += products(even[0], gradients, count);
    (*sums).b2 += products(even[1], gradients, count);
  }
  if (TAPS > 3u) {
    odd = seen_next(odd, even, place, 3u);
    (*sums).a3 += products(odd[0], gradients, count);
    (*sums).b3 += products(odd[1], gradients, count);
  }
  if (TAPS > 4u) {
    even = seen_next(even, odd, place, 4u);
    (*sums).a4 += products(even[0], gradients, count);
    (*sums).b4 += products(even[1], gradients, count);
  }
  if (TAPS > 5u) {
    odd = seen_next(odd, even, place, 5u);
    (*sums).a5 += products(odd[0], gradients, count);
    (*sums).b5 += products(odd[1], gradients, count);
  }
  if (TAPS > 6u) {
    even = seen_next(even, odd, place, 6u);
    (*sums).a6 += products(even[0], gradients, count);
    (*sums).b6 += products(even[1], gradients, count);
  }
  if (TAPS > 7u) {
    odd = seen_next(odd, even, place, 7u);
    (*sums).a7 += products(odd[0], gradients, count);
    (*sums).b7 += products(odd[1], gradients, count);
  }
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

// What the gradients of one of all output channels add up to over the pixels of a part.
fn sum_of_channel(channel: u32, part: u32) -> f32 {
  let planesOut = params.groups * params.channelsOut;
  let plane = params.heightOut * params.widthOut;
  let pixels = params.units / params.segments * params.widthOut;
  let pixelsPerPart = (pixels + params.splits - 1u) / params.splits;
  let end = min((part + 1u) * pixelsPerPart, pixels);
  var sum = vec4<f32>();
  for (var pixel = part * pixelsPerPart; pixel < end;) {
    let item = pixel / plane;
    let first = pixel - item * plane;
    let count = min(end - pixel, plane - first);
    var at = (item * planesOut + channel) * plane + first;
    let last = at + count;
    for (; at + 16u <= last; at += 16u) {
      sum += load_gradients(at, 4u) + load_gradients(at + 4u, 4u);
      sum += load_gradients(at + 8u, 4u) + load_gradients(at + 12u, 4u);
    }
    for (; at < last; at++) {
      sum.x += load_dy(at);
    }
    pixel += count;
  }
  return (sum.x + sum.y) + (sum.z + sum.w);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  var rest = index;
  let pair = rest % params.pairs;
  rest /= params.pairs;
  let firstTap = rest % params.tapBlocks * TAPS;
  rest /= params.tapBlocks;
  let firstOut = rest % params.blocks * CHANNELS; // within the group
  rest /= params.blocks;
  let group = rest % params.groups;
  let part = rest / params.groups;
  let planesOut = params.groups * params.channelsOut;
  // What a part's weights take, and all that it has.
  let weights = planesOut * params.channelsIn * params.kernelHeight * params.kernelWidth;
  let partSize = weights + select(0u, planesOut, SUMS);
  if (SUMS) {
    let first = params.pairs * params.tapBlocks * params.blocks * params.groups * params.splits;
    let channel = (index - first) % planesOut;
    let channelPart = (index - first) / planesOut;
    if (index >= first && channelPart < params.splits) {
      store_dw(channelPart * partSize + weights + channel, sum_of_channel(channel, channelPart));
    }
  }
  if (part >= params.splits) {
    return;
  }

  let kernelHeight = params.kernelHeight;
  let heightIn = params.heightIn;
  let widthIn = params.widthIn;
  let heightOut = params.heightOut;
  let widthOut = params.widthOut;
  let segments = params.segments;
  let planesIn = params.groups * params.channelsIn;
  let tapRows = params.channelsIn * kernelHeight;
  // Without a second row the first is computed twice, and stored once.
  let pairB = min(pair + params.pairs, tapRows - 1u);
  let channelA = group * params.channelsIn + pair / kernelHeight;
  let channelB = group * params.channelsIn + pairB / kernelHeight;
  let topA = pair % kernelHeight * params.dilationY - params.paddingY;
  let topB = pairB % kernelHeight * params.dilationY - params.paddingY;
  let left = firstTap * params.dilationX - params.paddingX;
  // Channels past the end of the group compute what its last one does, and are not stored.
  let channels = params.channelsOut - firstOut;
  let plane = heightOut * widthOut;
  let dy1 = min(1u, channels - 1u) * plane;
  let dy2 = min(2u, channels - 1u) * plane;
  let dy3 = min(3u, channels - 1u) * plane;

  let firstUnit = min(part * params.unitsPerPart, params.units);
  let endUnit = min(firstUnit + params.unitsPerPart, params.units);
  let quads = params.segmentColumns / 4u;
  var quad = 0u;
  var segment = firstUnit % segments;
  var row = firstUnit / segments % heightOut;
  var item = firstUnit / segments / heightOut;
  var sums = Sums();
  for (var step = firstUnit * quads; step < endUnit * quads; step++) {
    let rowA = topA + row * params.strideY;
    let rowB = topB + row * params.strideY;
    let col = segment * params.segmentColumns + quad * 4u;
    let place = Place(
      ((item * planesIn + channelA) * heightIn + rowA) * widthIn,
      ((item * planesIn + channelB) * heightIn + rowB) * widthIn,
      left + col * params.strideX,
      // A row outside x is a row of width 0.
      select(0u, widthIn, rowA < heightIn),
      select(0u, widthIn, rowB < heightIn),
      max(widthOut, col) - col,
    );
    let at = (item * planesOut + group * params.channelsOut + firstOut) * plane + row * widthOut + col;
    var gradients = mat4x4<f32>();
    gradients[0] = load_gradients(at, place.count);
    if (CHANNELS > 1u) {
      gradients[1] = load_gradients(at + dy1, place.count);
    }
    if (CHANNELS > 2u) {
      gradients[2] = load_gradients(at + dy2, place.count);
    }
    if (CHANNELS > 3u) {
      gradients[3] = load_gradients(at + dy3, place.count);
    }
    add_columns(&sums, place, gradients);

    quad = select(quad + 1u, 0u, quad + 1u == quads);
    segment += select(0u, 1u, quad == 0u);
    let isNextRow = segment == segments;
    segment = select(segment, 0u, isNextRow);
    row += select(0u, 1u, isNextRow);
    let isNextItem = row == heightOut;
    row = select(row, 0u, isNextItem);
    item += select(0u, 1u, isNextItem);
  }

  let sumStart = group * params.channelsOut + firstOut;
  let startA = part * partSize + (sumStart * tapRows + pair) * params.kernelWidth;
  let startB = startA + params.pairs * params.kernelWidth;
  let hasB = pair + params.pairs < tapRows;
  store_tap(startA, firstTap, channels, sums.a0);
  if (hasB) {
    store_tap(startB, firstTap, channels, sums.b0);
  }
  if (TAPS > 1u) {
    store_tap(startA, firstTap + 1u, channels, sums.a1);
    if (hasB) {
      store_tap(startB, firstTap + 1u, channels, sums.b1);
    }
  }
  if (TAPS > 2u) {
    store_tap(startA, firstTap + 2u, channels, sums.a2);
    if (hasB) {
      store_tap(startB, firstTap + 2u, channels, sums.b2);
    }
  }
  if (TAPS > 3u) {
    store_tap(startA, firstTap + 3u, channels, sums.a3);
    if (hasB) {
      store_tap(startB, firstTap + 3u, channels, sums.b3);
    }
  }
  if (TAPS > 4u) {
    store_tap(startA, firstTap + 4u, channels, sums.a4);
    if (hasB) {
      store_tap(startB, firstTap + 4u, channels, sums.b4);
    }
  }
  if (TAPS > 5u) {
    store_tap(startA, firstTap + 5u, channels, sums.a5);
    if (hasB) {
      store_tap(startB, firstTap + 5u, channels, sums.b5);
    }
  }
  if (TAPS > 6u) {
    store_tap(startA, firstTap + 6u, channels, sums.a6);
    if (hasB) {
      store_tap(startB, firstTap + 6u, channels, sums.b6);
    }
  }
  if (TAPS > 7u) {
    store_tap(startA, firstTap + 7u, channels, sums.a7);
    if (hasB) {
      store_tap(startB, firstTap + 7u, channels, sums.b7);
    }
  }
}
