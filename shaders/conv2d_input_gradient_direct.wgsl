// conv2d_input_gradient_direct: dx[n, i, h, v] = sum of w[o, i, p, q] dy[n, o, r, c] over all o of i's group and all
//                               taps with r sy + p dy - py = h and c sx + q dx - px = v.
//
// Layout    dy: [N, Co, OH, OW]; w: [Co, Ci/g, kh, kw]; dx: [N, Ci, H, W]; 0 where no window reaches.
// Work      one invocation per two quads (4 columns of one row of dx, a stride apart) and CHANNELS input channels of
//           a group. All pixels of a phase (row mod sy, column mod sx) are reached by the same taps, every tapStep-th:
//           no others are visited. The quads of a pair are half a phase apart: two items where N is even. One turn of
//           a loop takes TAPS taps of a row of the window, written out: a software adapter pays for every sum that a
//           loop carries on, at every turn. Phases with a tap less have a loop of their own where there is UNEVEN.
// Memory    no workgroup memory. Per tap CHANNELS loads of w and 2 of dy (8 without SLIDES) for 8 CHANNELS
//           multiply-adds: columns that an earlier tap saw are moved on by one place.
// Numerics  f32; sums over output channel, then row, then column of the window.
// Limits    each tensor has fewer than 2^31 elements; 1 <= CHANNELS <= 8; 1 <= TAPS <= 8; SLIDES needs
//           dilationX = gcdX. A row has TAPS taps, or TAPS - 1 in some phases if UNEVEN; with MASKS any number.

struct Params {
  pairs: u32, // ceil(N * phaseHeight * quads / 2)
  quads: u32, // ceil(phaseWidth / 4)
  blocks: u32, // ceil(channelsIn / CHANNELS)
  tapBlocks: u32, // ceil(most taps of a phase in a row / TAPS)
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
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override CHANNELS: u32 = 4;
override TAPS: u32 = 3;
override SLIDES: bool = true;
override UNEVEN: bool = false;
override MASKS: bool = false;

struct Quad {
  item: u32,
  row: u32, // within the phase
  col: u32,
}

fn quad_at(index: u32) -> Quad {
  let rows = index / params.quads;
  return Quad(rows / params.phaseHeight, rows % params.phaseHeight, index % params.quads * 4u);
}

// The first tap that reaches the pixels whose place, padding included, leaves `residue`: the smallest one with
// tap * dilation = residue (mod stride); 2^31 where there is none.
fn first_tap(residue: u32, stride: u32, gcd: u32, inverse: u32) -> u32 {
  return select(1u << 31u, residue / gcd * inverse % (stride / gcd), residue % gcd == 0u);
}

// Where both quads stand in dy: the first element of a row, and the column that tap 0 of a block meets.
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
  dx0: mat2x4<f32>,
  dx1: mat2x4<f32>,
  dx2: mat2x4<f32>,
  dx3: mat2x4<f32>,
  dx4: mat2x4<f32>,
  dx5: mat2x4<f32>,
  dx6: mat2x4<f32>,
  dx7: mat2x4<f32>,
}

// A column left of the row wraps to a number above every width.
fn load_padded(start: u32, col: u32, width: u32) -> f32 {
  return select(0.0, load_dy(start + col), col < width);
}

fn load_four(start: u32, col: u32, width: u32) -> vec4<f32> {
  return vec4<f32>(
    load_padded(start, col, width),
    load_padded(start, col + 1u, width),
    load_padded(start, col + 2u, width),
    load_padded(start, col + 3u, width),
  );
}

// How many columns tap `j` of a block lies to the left of tap 0.
fn back(j: u32) -> u32 {
  return j * params.dilationX / params.gcdX;
}

// What both quads see through tap `j`.
fn seen(place: Place, j: u32) -> mat2x4<f32> {
  return mat2x4<f32>(
    load_four(place.startA, place.colA - back(j), place.widthA),
    load_four(place.startB, place.colB - back(j), place.widthB),
  );
}

// The same, where the tap before saw `before`.
fn seen_after(before: mat2x4<f32>, place: Place, j: u32) -> mat2x4<f32> {
  if (!SLIDES) {
    return seen(place, j);
  }
  return mat2x4<f32>(
    vec4<f32>(load_padded(place.startA, place.colA - back(j), place.widthA), before[0].xyz),
    vec4<f32>(load_padded(place.startB, place.colB - back(j), place.widthB), before[1].xyz),
  );
}

// The weight at tap `j` of `taps`, where tap 0 is at `at`.
fn weight(at: u32, j: u32, taps: u32) -> f32 {
  let value = load_w(at + j * (params.strideX / params.gcdX));
  if (MASKS) {
    return select(0.0, value, j < taps);
  }
  return value;
}

// Of a tap that there is not, nothing may count: neither what it would see nor its weight.
fn used(seen: mat2x4<f32>, isTap: bool) -> mat2x4<f32> {
  if (MASKS) {
    return mat2x4<f32>(select(vec4<f32>(), seen[0], isTap), select(vec4<f32>(), seen[1], isTap));
  }
  return seen;
}

// Adds tap `j` of `taps`, where `at` is tap 0 of channel 0.
fn add_tap(sums: ptr<function, Sums>, filters: Filters, at: u32, j: u32, taps: u32, saw: mat2x4<f32>) {
  let four = used(saw, j < taps);
  (*sums).dx0 += weight(filters.w0 + at, j, taps) * four;
  if (CHANNELS > 1u) {
    (*sums).dx1 += weight(filters.w1 + at, j, taps) * four;
  }
  if (CHANNELS > 2u) {
    (*sums).dx2 += weight(filters.w2 + at, j, taps) * four;
  }
  if (CHANNELS > 3u) {
    (*sums).dx3 += weight(filters.w3 + at, j, taps) * four;
  }
  if (CHANNELS > 4u) {
    (*sums).dx4 += weight(filters.w4 + at, j, taps) * four;
  }
  if (CHANNELS > 5u) {
    (*sums).dx5 += weight(filters.w5 + at, j, taps) * four;
  }
  if (CHANNELS > 6u) {
    (*sums).dx6 += weight(filters.w6 + at, j, taps) * four;
  }
  if (CHANNELS > 7u) {
    (*sums).dx7 += weight(filters.w7 + at, j, taps) * four;
  }
}

// Adds `most` taps of a row of the window, of which the phase has `taps`. `most` is known where this is compiled.
fn add_taps(sums: ptr<function, Sums>, filters: Filters, at: u32, taps: u32, place: Place, most: u32) {
  var four = seen(place, 0u);
  add_tap(sums, filters, at, 0u, taps, four);
  if (most > 1u) {
    four = seen_after(four, place, 1u);
    add_tap(sums, filters, at, 1u, taps, four);
  }
  if (most > 2u) {
    four = seen_after(four, place, 2u);
    add_tap(sums, filters, at, 2u, taps, four);
  }
  if (most > 3u) {
    four = seen_after(four, place, 3u);
    add_tap(sums, filters, at, 3u, taps, four);
  }
  if (most > 4u) {
    four = seen_after(four, place, 4u);
    add_tap(sums, filters, at, 4u, taps, four);
  }
  if (most > 5u) {
    four = seen_after(four, place, 5u);
    add_tap(sums, filters, at, 5u, taps, four);
  }
  if (most > 6u) {
    four = seen_after(four, place, 6u);
    add_tap(sums, filters, at, 6u, taps, four);
  }
  if (most > 7u) {
    four = seen_after(four, place, 7u);
    add_tap(sums, filters, at, 7u, taps, four);
  }
}

// Both quads of channel `c`. One store in a loop compiles in a third of the time that one for each channel takes.
fn sum_of(sums: Sums, c: u32) -> mat2x4<f32> {
  var sum = sums.dx0;
  if (CHANNELS > 1u && c == 1u) {
    sum = sums.dx1;
  }
  if (CHANNELS > 2u && c == 2u) {
    sum = sums.dx2;
  }
  if (CHANNELS > 3u && c == 3u) {
    sum = sums.dx3;
  }
  if (CHANNELS > 4u && c == 4u) {
    sum = sums.dx4;
  }
  if (CHANNELS > 5u && c == 5u) {
    sum = sums.dx5;
  }
  if (CHANNELS > 6u && c == 6u) {
    sum = sums.dx6;
  }
  if (CHANNELS > 7u && c == 7u) {
    sum = sums.dx7;
  }
  return sum;
}

fn store_quad(quad: Quad, phaseY: u32, phaseX: u32, channel: u32, v: vec4<f32>) {
  let row = phaseY + quad.row * params.strideY;
  let col = phaseX + quad.col * params.strideX;
  if (quad.item >= params.batch || row >= params.heightIn || col >= params.widthIn) {
    return;
  }
  let plane = quad.item * params.groups * params.channelsIn + channel;
  let start = (plane * params.heightIn + row) * params.widthIn + col;
  let room = params.widthIn - col;
  store_dx(start, v.x);
  if (room > params.strideX) {
    store_dx(start + params.strideX, v.y);
  }
  if (room > 2u * params.strideX) {
    store_dx(start + 2u * params.strideX, v.z);
  }
  if (room > 3u * params.strideX) {
    store_dx(start + 3u * params.strideX, v.w);
  }
}

// What a pair of quads sees: where its phase starts in dy and in the window, and the first output channel of its group.
struct Walk {
  a: Quad,
  b: Quad,
  top: u32, // the row and the column of dy that the first tap meets, for row and column 0 of the phase
  left: u32,
  tapsY: u32,
  tapsX: u32,
  firstTap: u32,
  planeA: u32, // rows of dy before the channel
  planeB: u32,
  kernels: u32, // weights before the channel
}

// Adds `steps` blocks of `most` taps: all output channels, and all rows of the window.
fn add_blocks(sums: ptr<function, Sums>, filters: Filters, walk: Walk, most: u32, steps: u32) {
  let heightOut = params.heightOut;
  let widthOut = params.widthOut;
  let kernelWidth = params.kernelWidth;
  let tapBlocks = params.tapBlocks;
  let tapStepY = params.strideY / params.gcdY;
  let tapStepX = params.strideX / params.gcdX;
  let backY = params.dilationY / params.gcdY;
  let channelWeights = params.channelsIn * params.kernelHeight * kernelWidth;
  var planeA = walk.planeA;
  var planeB = walk.planeB;
  var kernels = walk.kernels;
  var tapRow = 0u;
  var tapBlock = 0u;
  for (var step = 0u; step < steps; step++) {
    let rowA = walk.top + walk.a.row - tapRow * backY;
    let rowB = walk.top + walk.b.row - tapRow * backY;
    let j = tapBlock * TAPS;
    let place = Place(
      (planeA + rowA) * widthOut,
      (planeB + rowB) * widthOut,
      walk.left + walk.a.col - back(j),
      walk.left + walk.b.col - back(j),
      // A row outside dy is a row of width 0.
      select(0u, widthOut, rowA < heightOut),
      select(0u, widthOut, rowB < heightOut),
    );
    let tap = kernels + walk.firstTap + tapRow * tapStepY * kernelWidth + j * tapStepX;
    add_taps(sums, filters, tap, max(walk.tapsX, j) - j, place, most);

    tapBlock = select(tapBlock + 1u, 0u, tapBlock + 1u == tapBlocks);
    tapRow += select(0u, 1u, tapBlock == 0u);
    let isNext = tapRow == walk.tapsY;
    tapRow = select(tapRow, 0u, isNext);
    planeA += select(0u, heightOut, isNext);
    planeB += select(0u, heightOut, isNext);
    kernels += select(0u, channelWeights, isNext);
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
  let phase = slab / params.blocks / params.groups;
  if (phase >= params.phases) {
    return;
  }
  let group = slab / params.blocks % params.groups;
  let a = quad_at(invocation % params.pairs);
  let b = quad_at(invocation % params.pairs + params.pairs);

  let kernelHeight = params.kernelHeight;
  let kernelWidth = params.kernelWidth;
  let phaseY = phase / params.strideX;
  let phaseX = phase % params.strideX;
  let placeY = phaseY + params.paddingY;
  let placeX = phaseX + params.paddingX;
  let firstP = first_tap(placeY % params.strideY, params.strideY, params.gcdY, params.inverseY);
  let firstQ = first_tap(placeX % params.strideX, params.strideX, params.gcdX, params.inverseX);
  let tapStepY = params.strideY / params.gcdY;
  let tapStepX = params.strideX / params.gcdX;
  let tapsY = (max(kernelHeight, firstP) - firstP + tapStepY - 1u) / tapStepY;
  let tapsX = (max(kernelWidth, firstQ) - firstQ + tapStepX - 1u) / tapStepX;
  let area = kernelHeight * kernelWidth;
  let channelsOut = params.channelsOut;
  let walk = Walk(
    a,
    b,
    // Both divisions leave no rest.
    u32(i32(placeY - firstP * params.dilationY) / i32(params.strideY)),
    u32(i32(placeX - firstQ * params.dilationX) / i32(params.strideX)),
    tapsY,
    tapsX,
    firstP * kernelWidth + firstQ,
    (a.item * params.groups + group) * channelsOut * params.heightOut,
    (b.item * params.groups + group) * channelsOut * params.heightOut,
    group * channelsOut * params.channelsIn * area,
  );

  // Channels past the end of the group compute what its last one does, and are not stored.
  let firstIn = slab % params.blocks * CHANNELS; // within the group
  let lastIn = params.channelsIn - 1u;
  let filters = Filters(
    firstIn * area,
    min(firstIn + 1u, lastIn) * area,
    min(firstIn + 2u, lastIn) * area,
    min(firstIn + 3u, lastIn) * area,
    min(firstIn + 4u, lastIn) * area,
    min(firstIn + 5u, lastIn) * area,
    min(firstIn + 6u, lastIn) * area,
    min(firstIn + 7u, lastIn) * area,
  );
  var sums = Sums();
  let steps = select(channelsOut * tapsY * params.tapBlocks, 0u, tapsX == 0u);
  let isShort = UNEVEN && tapsX < TAPS;
  add_blocks(&sums, filters, walk, TAPS, select(steps, 0u, isShort));
  if (UNEVEN) {
    add_blocks(&sums, filters, walk, TAPS - 1u, select(0u, steps, isShort));
  }

  let base = group * params.channelsIn;
  for (var c = 0u; c < CHANNELS && firstIn + c <= lastIn; c++) {
    let sum = sum_of(sums, c);
    store_quad(a, phaseY, phaseX, base + firstIn + c, sum[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + c, sum[1]);
  }
}
