// avg_pool2d_forward: y[n, r, c] = sum over p, q of x[n, r sy + p dy - py, c sx + q dx - px] / divisor.
//
// Layout    x: [planes, H, W]; y: [planes, OH, OW]. The divisor is a number, or that of the taps that count: those
//           inside x and up to a margin around it.
// Work      one invocation per quad: 4 neighbouring columns of one row of y.
// Memory    reads x once for each window that covers it, writes y once.
// Numerics  f32; sums in row-major order, then divides; 0 where no tap counts.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // planes * OH * quads
  quads: u32, // ceil(OW / 4)
  marginY: u32, // paddingY where padding counts, else 0
  marginX: u32,
  divisor: f32, // what sums are divided by; 0 for the taps that count
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
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
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

// A column left of the row wraps to a number above every width.
fn load_padded(start: u32, col: u32) -> f32 {
  return select(0.0, load_x(start + col), col < params.widthIn);
}

fn counted_cols(left: u32) -> f32 {
  let length = params.widthIn + 2u * params.marginX;
  return f32(counted_taps(left + params.marginX, length, params.kernelWidth, params.dilationX));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  if (invocation >= params.invocations) {
    return;
  }
  let widthOut = params.widthOut;
  let strideX = params.strideX;
  let line = invocation / params.quads; // plane * OH + row
  let firstCol = invocation % params.quads * 4u;
  let plane = line / params.heightOut;
  let top = line % params.heightOut * params.strideY - params.paddingY;
  let left = firstCol * strideX - params.paddingX;

  var sum = vec4<f32>();
  for (var p = 0u; p < params.kernelHeight; p++) {
    let row = top + p * params.dilationY;
    if (row >= params.heightIn) {
      continue;
    }
    let start = (plane * params.heightIn + row) * params.widthIn;
    for (var q = 0u; q < params.kernelWidth; q++) {
      let col = left + q * params.dilationX;
      sum.x += load_padded(start, col);
      sum.y += load_padded(start, col + strideX);
      sum.z += load_padded(start, col + 2u * strideX);
      sum.w += load_padded(start, col + 3u * strideX);
    }
  }

  let length = params.heightIn + 2u * params.marginY;
  let rows = f32(counted_taps(top + params.marginY, length, params.kernelHeight, params.dilationY));
  let cols = vec4<f32>(
    counted_cols(left),
    counted_cols(left + strideX),
    counted_cols(left + 2u * strideX),
    counted_cols(left + 3u * strideX),
  );
  // Where no tap counts the sum is 0.
  let taps = select(rows * cols, vec4<f32>(params.divisor), params.divisor > 0.0);
  let mean = sum / max(taps, vec4<f32>(1.0));
  let i = line * widthOut + firstCol;
  store_y(i, mean.x);
  if (firstCol + 1u < widthOut) {
    store_y(i + 1u, mean.y);
  }
  if (firstCol + 2u < widthOut) {
    store_y(i + 2u, mean.z);
  }
  if (firstCol + 3u < widthOut) {
    store_y(i + 3u, mean.w);
  }
}
