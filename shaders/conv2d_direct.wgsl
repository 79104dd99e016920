// conv2d_direct: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r sy + p dy - py, c sx + q dx - px], i in o's group.
//
// Layout    x: [N, Ci, H, W]; w: [Co, Ci/g, kh, kw]; y: [N, Co, OH, OW]; x counts as 0 outside.
// Work      one invocation per two quads (4 neighbouring columns of one row of y each) and CHANNELS channels of a
//           group. The quads of a pair are half the tensor apart: the same place of two items where N is even. One
//           turn of the only loop takes TAPS taps of a row of the window, written out: a software adapter pays for
//           every sum that a loop carries on, at every turn.
// Memory    no workgroup memory. Per tap CHANNELS loads of w and 2 of x (8 where REACH is 0) for 8 CHANNELS
//           multiply-adds: columns that an earlier tap saw are moved on by one place.
// Numerics  f32; sums over input channel, then row, then column of the window.
// Limits    each tensor has fewer than 2^31 elements; 1 <= CHANNELS <= 8; 1 <= TAPS <= 8; REACH is
//           strideX / dilationX where that is 1 or 2, else 0; MASKS where kw is no multiple of TAPS.

struct Params {
  pairs: u32, // ceil(N * OH * quads / 2)
  quads: u32, // ceil(OW / 4)
  blocks: u32, // ceil(channelsOut / CHANNELS)
  tapBlocks: u32, // ceil(kw / TAPS)
  batch: u32,
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

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override CHANNELS: u32 = 4;
override TAPS: u32 = 3;
override REACH: u32 = 1;
override MASKS: bool = false;

struct Quad {
  item: u32,
  row: u32,
  col: u32,
}

fn quad_at(index: u32) -> Quad {
  let rows = index / params.quads;
  return Quad(rows / params.heightOut, rows % params.heightOut, index % params.quads * 4u);
}

// Where both quads stand in x: the first element of a row, and the column that tap 0 of a block meets.
struct Place {
  startA: u32,
  startB: u32,
  colA: u32,
  colB: u32,
  widthA: u32,
  widthB: u32,
}

// Where each channel's weights begin.
struct Filters {
  w0: u32,
  w1: u32,
  w2: u32,
  w3: u32,
  w4: u32,
  w5: u32,
  w6: u32,
  w7: u32,
}

// For each channel: quad a, quad b.
struct Sums {
  y0: mat2x4<f32>,
  y1: mat2x4<f32>,
  y2: mat2x4<f32>,
  y3: mat2x4<f32>,
  y4: mat2x4<f32>,
  y5: mat2x4<f32>,
  y6: mat2x4<f32>,
  y7: mat2x4<f32>,
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

// What both quads see through tap `q`.
fn seen(place: Place, q: u32) -> mat2x4<f32> {
  let shift = q * params.dilationX;
  return mat2x4<f32>(
    load_four(place.startA, place.colA + shift, place.widthA),
    load_four(place.startB, place.colB + shift, place.widthB),
  );
}

// The same, where the tap REACH before saw `before`.
fn seen_after(before: mat2x4<f32>, place: Place, q: u32) -> mat2x4<f32> {
  let last = q * params.dilationX + 3u * params.strideX;
  return mat2x4<f32>(
    vec4<f32>(before[0].yzw, load_padded(place.startA, place.colA + last, place.widthA)),
    vec4<f32>(before[1].yzw, load_padded(place.startB, place.colB + last, place.widthB)),
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

fn weight(at: u32, q: u32, taps: u32) -> f32 {
  if (MASKS) {
    return select(0.0, load_w(at + q), q < taps);
  }
  return load_w(at + q);
}

// Of a tap that there is not, nothing may count: neither what it would see nor its weight.
fn used(seen: mat2x4<f32>, isTap: bool) -> mat2x4<f32> {
  if (MASKS) {
    return mat2x4<f32>(select(vec4<f32>(), seen[0], isTap), select(vec4<f32>(), seen[1], isTap));
  }
  return seen;
}

// Adds tap `q` of `taps`, where `at` is tap 0 of channel 0.
fn add_tap(sums: ptr<function, Sums>, filters: Filters, at: u32, q: u32, taps: u32, saw: mat2x4<f32>) {
  let four = used(saw, q < taps);
  (*sums).y0 += weight(filters.w0 + at, q, taps) * four;
  if (CHANNELS > 1u) {
    (*sums).y1 += weight(filters.w1 + at, q, taps) * four;
  }
  if (CHANNELS > 2u) {
    (*sums).y2 += weight(filters.w2 + at, q, taps) * four;
  }
  if (CHANNELS > 3u) {
    (*sums).y3 += weight(filters.w3 + at, q, taps) * four;
  }
  if (CHANNELS > 4u) {
    (*sums).y4 += weight(filters.w4 + at, q, taps) * four;
  }
  if (CHANNELS > 5u) {
    (*sums).y5 += weight(filters.w5 + at, q, taps) * four;
  }
  if (CHANNELS > 6u) {
    (*sums).y6 += weight(filters.w6 + at, q, taps) * four;
  }
  if (CHANNELS > 7u) {
    (*sums).y7 += weight(filters.w7 + at, q, taps) * four;
  }
}

// Adds `taps` taps of a row of the window: TAPS, or of the last block of a row perhaps fewer.
fn add_taps(sums: ptr<function, Sums>, filters: Filters, at: u32, taps: u32, place: Place) {
  var even = seen(place, 0u);
  add_tap(sums, filters, at, 0u, taps, even);
  var odd = even;
  if (TAPS > 1u) {
    if (REACH == 1u) {
      odd = seen_after(even, place, 1u);
    } else {
      odd = seen(place, 1u);
    }
    add_tap(sums, filters, at, 1u, taps, odd);
  }
  if (TAPS > 2u) {
    even = seen_next(even, odd, place, 2u);
    add_tap(sums, filters, at, 2u, taps, even);
  }
  if (TAPS > 3u) {
    odd = seen_next(odd, even, place, 3u);
    add_tap(sums, filters, at, 3u, taps, odd);
  }
  if (TAPS > 4u) {
    even = seen_next(even, odd, place, 4u);
    add_tap(sums, filters, at, 4u, taps, even);
  }
  if (TAPS > 5u) {
    odd = seen_next(odd, even, place, 5u);
    add_tap(sums, filters, at, 5u, taps, odd);
  }
  if (TAPS > 6u) {
    even = seen_next(even, odd, place, 6u);
    add_tap(sums, filters, at, 6u, taps, even);
  }
  if (TAPS > 7u) {
    odd = seen_next(odd, even, place, 7u);
    add_tap(sums, filters, at, 7u, taps, odd);
  }
}

// Both quads of channel `c`. One store in a loop compiles in a third of the time that one for each channel takes.
fn sum_of(sums: Sums, c: u32) -> mat2x4<f32> {
  var sum = sums.y0;
  if (CHANNELS > 1u && c == 1u) {
    sum = sums.y1;
  }
  if (CHANNELS > 2u && c == 2u) {
    sum = sums.y2;
  }
  if (CHANNELS > 3u && c == 3u) {
    sum = sums.y3;
  }
  if (CHANNELS > 4u && c == 4u) {
    sum = sums.y4;
  }
  if (CHANNELS > 5u && c == 5u) {
    sum = sums.y5;
  }
  if (CHANNELS > 6u && c == 6u) {
    sum = sums.y6;
  }
  if (CHANNELS > 7u && c == 7u) {
    sum = sums.y7;
  }
  return sum;
}

fn store_quad(quad: Quad, channel: u32, v: vec4<f32>) {
  if (quad.item >= params.batch) {
    return;
  }
  let plane = quad.item * params.groups * params.channelsOut + channel;
  let start = (plane * params.heightOut + quad.row) * params.widthOut + quad.col;
  let count = params.widthOut - quad.col;
  store_y(start, v.x);
  if (count > 1u) {
    store_y(start + 1u, v.y);
  }
  if (count > 2u) {
    store_y(start + 2u, v.z);
  }
  if (count > 3u) {
    store_y(start + 3u, v.w);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  let slab = invocation / params.pairs;
  let group = slab / params.blocks;
  if (group >= params.groups) {
    return;
  }
  let a = quad_at(invocation % params.pairs);
  let b = quad_at(invocation % params.pairs + params.pairs);

  let heightIn = params.heightIn;
  let widthIn = params.widthIn;
  let kernelHeight = params.kernelHeight;
  let kernelWidth = params.kernelWidth;
  let tapBlocks = params.tapBlocks;
  // Channels past the end of the group compute what its last one does, and are not stored.
  let firstOut = group * params.channelsOut + slab % params.blocks * CHANNELS;
  let lastOut = (group + 1u) * params.channelsOut - 1u;
  let rows = params.channelsIn * kernelHeight;
  let size = rows * kernelWidth;
  let filters = Filters(
    firstOut * size,
    min(firstOut + 1u, lastOut) * size,
    min(firstOut + 2u, lastOut) * size,
    min(firstOut + 3u, lastOut) * size,
    min(firstOut + 4u, lastOut) * size,
    min(firstOut + 5u, lastOut) * size,
    min(firstOut + 6u, lastOut) * size,
    min(firstOut + 7u, lastOut) * size,
  );
  let topA = a.row * params.strideY - params.paddingY;
  let topB = b.row * params.strideY - params.paddingY;
  let leftA = a.col * params.strideX - params.paddingX;
  let leftB = b.col * params.strideX - params.paddingX;
  var sums = Sums();
  var planeA = (a.item * params.groups + group) * params.channelsIn * heightIn;
  var planeB = (b.item * params.groups + group) * params.channelsIn * heightIn;
  var tapRow = 0u;
  var tapBlock = 0u;
  for (var step = 0u; step < rows * tapBlocks; step++) {
    let rowA = topA + tapRow * params.dilationY;
    let rowB = topB + tapRow * params.dilationY;
    let q = tapBlock * TAPS;
    let shift = q * params.dilationX;
    let place = Place(
      (planeA + rowA) * widthIn,
      (planeB + rowB) * widthIn,
      leftA + shift,
      leftB + shift,
      // A row outside x is a row of width 0.
      select(0u, widthIn, rowA < heightIn),
      select(0u, widthIn, rowB < heightIn),
    );
    add_taps(&sums, filters, step / tapBlocks * kernelWidth + q, kernelWidth - q, place);

    tapBlock = select(tapBlock + 1u, 0u, tapBlock + 1u == tapBlocks);
    tapRow += select(0u, 1u, tapBlock == 0u);
    let isNext = tapRow == kernelHeight;
    tapRow = select(tapRow, 0u, isNext);
    planeA += select(0u, heightIn, isNext);
    planeB += select(0u, heightIn, isNext);
  }

  for (var c = 0u; c < CHANNELS && firstOut + c <= lastOut; c++) {
    let sum = sum_of(sums, c);
    store_quad(a, firstOut + c, sum[0]);
    store_quad(b, firstOut + c, sum[1]);
  }
}
