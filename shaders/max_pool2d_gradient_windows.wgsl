// max_pool2d_gradient_windows: dx[n, h, v] = sum of dy over the windows in which x[n, h, v] is largest.
//
// Layout    x, dx: [planes, H, W]; dy: [planes, OH, OW].
// Work      one invocation per element of dx, which looks through all windows that cover it, in row-major order.
// Memory    reads kernelHeight * kernelWidth elements of x for each covering window: 81 at 3 x 3 with stride 1,
//           about 20 with stride 2; windows that do not overlap are cheaper in max_pool2d_gradient_cells.
// Numerics  f32 sum. Of equal largest elements the first counts, of NaNs the last.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  count: u32, // planes * H * W
  extentY: u32, // (kernelHeight - 1) * dilationY + 1
  extentX: u32,
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
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
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

// The first window that may cover a place, padding included: none before it reaches that far.
fn first_window(place: u32, extent: u32, stride: u32) -> u32 {
  if (place < extent) {
    return 0u;
  }
  return (place - extent) / stride + 1u;
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
  let line = i / params.widthIn;
  let plane = line / params.heightIn;
  let placeY = line % params.heightIn + params.paddingY;
  let placeX = i % params.widthIn + params.paddingX;
  let endRow = min(placeY / params.strideY + 1u, params.heightOut);
  let endCol = min(placeX / params.strideX + 1u, params.widthOut);

  var sum = 0.0;
  for (var row = first_window(placeY, params.extentY, params.strideY); row < endRow; row++) {
    if (params.dilationY > 1u && (placeY - row * params.strideY) % params.dilationY != 0u) {
      continue;
    }
    for (var col = first_window(placeX, params.extentX, params.strideX); col < endCol; col++) {
      if (params.dilationX > 1u && (placeX - col * params.strideX) % params.dilationX != 0u) {
        continue;
      }
      if (chosen(plane, row, col) == i) {
        sum += load_dy((plane * params.heightOut + row) * params.widthOut + col);
      }
    }
  }
  store_dx(i, sum);
}
