// max_pool2d_gather: y[n, r, c] = g where x[n, r sy + p dy - py, c sx + q dx - px] is largest over p, q.
//
// Layout    x, g: [planes, H, W]; y: [planes, OH, OW].
// Work      one invocation per element of y.
// Memory    reads x once for each window that covers it, g and y once per window.
// Numerics  exact. Of equal largest elements the first counts, of NaNs the last; an empty window gives 0.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  count: u32, // planes * OH * OW
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
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_g(i: u32) -> f32 {
  return g[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

const NAN_RANK = 0xffffffffu;
const NOWHERE = 0xffffffffu;

// Orders all values by their bits, so that no compiler may assume NaN away: 0 < -inf < ... < -0 = 0 < ... < inf < NaN.
fn rank_of(v: f32) -> u32 {
  let bits = bitcast<u32>(v);
  let rank = select(bits | 0x80000000u, ~bits, bits > 0x80000000u);
  return select(rank, NAN_RANK, bits * 2u > 0xff000000u);
}

// The element of x that a window takes: its last NaN, else the first of its largest; 2^32 - 1 for an empty window.
fn chosen(plane: u32, row: u32, col: u32) -> u32 {
  let top = row * params.strideY - params.paddingY;
  let left = col * params.strideX - params.paddingX;
  let heightIn = params.heightIn;
  let widthIn = params.widthIn;
  let kernelHeight = params.kernelHeight;
  let kernelWidth = params.kernelWidth;
  let dilationY = params.dilationY;
  let dilationX = params.dilationX;
  var best = 0u;
  var place = NOWHERE;
  for (var p = 0u; p < kernelHeight; p++) {
    let rowIn = top + p * dilationY;
    if (rowIn >= heightIn) {
      continue;
    }
    let start = (plane * heightIn + rowIn) * widthIn;
    for (var q = 0u; q < kernelWidth; q++) {
      let colIn = left + q * dilationX;
      let rank = select(0u, rank_of(load_x(start + colIn)), colIn < widthIn);
      place = select(place, start + colIn, rank > best || rank == NAN_RANK);
      best = max(best, rank);
    }
  }
  return place;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  if (i >= params.count) {
    return;
  }
  let line = i / params.widthOut;
  let place = chosen(line / params.heightOut, line % params.heightOut, i % params.widthOut);
  if (place == NOWHERE) {
    store_y(i, 0.0);
  } else {
    store_y(i, load_g(place));
  }
}
