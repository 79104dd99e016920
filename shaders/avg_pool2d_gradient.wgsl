// avg_pool2d_gradient: dx[n, h, v] = sum of dy / divisor, over the windows that cover x[n, h, v].
//
// Layout    dy: [planes, OH, OW]; dx: [planes, H, W]. The divisor is a number, or that of the taps that count: those
//           inside x and up to a margin around it.
// Work      one invocation per quad, 4 neighbouring columns of one row of dx, which adds up for each of them all windows
//           that cover it, in row-major order. Only the first of a quad is found by division.
//           Where windows lie apart there is one at most, and nothing to loop over.
// Memory    reads dy once for each element of x that its window covers, writes dx once.
// Numerics  f32; each term is divided before it is added.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // planes * H * quads
  quads: u32, // ceil(W / 4)
  extentY: u32, // (kernelHeight - 1) * dilationY + 1
  extentX: u32,
  marginY: u32, // paddingY where padding counts, else 0
  marginX: u32,
  divisor: f32, // what sums were divided by; 0 for the taps that count
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
// Without dilation none of its divisions is compiled.
override DILATED: bool = true;
// Whether no two windows share an element.
override APART: bool = false;

// How many taps of a window, whose first one is `start` elements from the first counted one, count: those inside
// `length`. A start before the first counted one wraps to a negative number.
fn counted_taps(start: u32, length: u32, taps: u32, dilation: u32) -> u32 {
  let offset = i32(start);
  var skipped = u32(max(0, -offset));
  var end = u32(max(0, i32(length) - offset));
  if (DILATED) {
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

// Where a window's first tap stands is counted from the padding; where taps count, from the margin.
fn counted_rows(row: u32) -> u32 {
  let height = params.heightIn + 2u * params.marginY;
  let start = row * params.strideY + params.marginY - params.paddingY;
  return counted_taps(start, height, params.kernelHeight, params.dilationY);
}

fn counted_cols(col: u32) -> u32 {
  let width = params.widthIn + 2u * params.marginX;
  let start = col * params.strideX + params.marginX - params.paddingX;
  return counted_taps(start, width, params.kernelWidth, params.dilationX);
}

fn divisor_of(rows: u32, cols: u32) -> f32 {
  return select(f32(rows * cols), params.divisor, params.divisor > 0.0);
}

// The sum for one place of a plane, over the windows of columns `first` to `end` - 1.
fn sum_at(plane: u32, placeY: u32, placeX: u32, rows: vec2<u32>, first: u32, end: u32) -> f32 {
  var sum = 0.0;
  for (var row = rows.x; row < rows.y; row++) {
    if (DILATED && (placeY - row * params.strideY) % params.dilationY != 0u) {
      continue;
    }
    let tapRows = counted_rows(row);
    let start = (plane * params.heightOut + row) * params.widthOut;
    for (var col = first; col < end; col++) {
      if (DILATED && (placeX - col * params.strideX) % params.dilationX != 0u) {
        continue;
      }
      sum += load_dy(start + col) / divisor_of(tapRows, counted_cols(col));
    }
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  if (i >= params.invocations) {
    return;
  }
  let line = i / params.quads;
  let left = i % params.quads * 4u;
  let plane = line / params.heightIn;
  let placeY = line % params.heightIn + params.paddingY;
  let rows = vec2<u32>(
    first_window(placeY, params.extentY, params.strideY),
    min(placeY / params.strideY + 1u, params.heightOut),
  );
  let columns = min(4u, params.widthIn - left);
  var placeX = left + params.paddingX;
  var first = first_window(placeX, params.extentX, params.strideX);
  var last = placeX / params.strideX;
  let onlyRow = (plane * params.heightOut + rows.x) * params.widthOut;
  let onlyTaps = counted_rows(rows.x);
  for (var k = 0u; k < columns; k++) {
    let end = min(last + 1u, params.widthOut);
    var value = 0.0;
    if (!APART) {
      value = sum_at(plane, placeY, placeX, rows, first, end);
    } else if (rows.x < rows.y && first < end) {
      value = load_dy(onlyRow + first) / divisor_of(onlyTaps, counted_cols(first));
    }
    store_dx(line * params.widthIn + left + k, value);
    placeX++;
    // The next place may be past the end of the first window, and the first of another.
    first += select(0u, 1u, first * params.strideX + params.extentX <= placeX);
    last += select(0u, 1u, (last + 1u) * params.strideX <= placeX);
  }
}
