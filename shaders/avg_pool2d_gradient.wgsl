// avg_pool2d_gradient: dx[n, h, v] = sum of dy / taps that count, over the windows that cover x[n, h, v].
//
// Layout    dy: [planes, OH, OW]; dx: [planes, H, W]. Taps count inside x and up to a margin around it.
// Work      one invocation per element of dx, which adds up all windows that cover it, in row-major order.
// Memory    reads dy once for each element of x that its window covers, writes dx once.
// Numerics  f32; each term is divided before it is added.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  count: u32, // planes * H * W
  extentY: u32, // (kernelHeight - 1) * dilationY + 1
  extentX: u32,
  marginY: u32, // paddingY where padding counts, else 0
  marginX: u32,
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
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

// How many taps of a window, whose first one is `start` elements from the first counted one, count: those inside
// `length`. A start before the first counted one wraps to a negative number.
fn counted_taps(start: u32, length: u32, taps: u32, dilation: u32) -> u32 {
  let offset = i32(start);
  var skipped = u32(max(0, -offset));
  var end = u32(max(0, i32(length) - offset));
  if (dilation > 1u) {
    skipped = (skipped + dilation - 1u) / dilation;
    end = (end + dilation - 1u) / dilation;
  }
  return max(min(end, taps), skipped) - skipped;
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
  // Where a window's first tap stands is counted from the padding; where taps count, from the margin.
  let shiftY = params.marginY - params.paddingY;
  let shiftX = params.marginX - params.paddingX;
  let height = params.heightIn + 2u * params.marginY;
  let width = params.widthIn + 2u * params.marginX;

  var sum = 0.0;
  for (var row = first_window(placeY, params.extentY, params.strideY); row < endRow; row++) {
    if (params.dilationY > 1u && (placeY - row * params.strideY) % params.dilationY != 0u) {
      continue;
    }
    let rows = counted_taps(row * params.strideY + shiftY, height, params.kernelHeight, params.dilationY);
    for (var col = first_window(placeX, params.extentX, params.strideX); col < endCol; col++) {
      if (params.dilationX > 1u && (placeX - col * params.strideX) % params.dilationX != 0u) {
        continue;
      }
      let cols = counted_taps(col * params.strideX + shiftX, width, params.kernelWidth, params.dilationX);
      sum += load_dy((plane * params.heightOut + row) * params.widthOut + col) / f32(rows * cols);
    }
  }
  store_dx(i, sum);
}
