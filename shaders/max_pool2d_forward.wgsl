// max_pool2d_forward: y[n, r, c] = max over p, q of x[n, r sy + p dy - py, c sx + q dx - px].
//
// Layout    x: [planes, H, W]; y: [planes, OH, OW]; padding counts as -infinity.
// Work      one invocation per quad: 4 neighbouring columns of one row of y.
// Memory    reads x once for each window that covers it, writes y once.
// Numerics  exact; a window with a NaN gives NaN, one without any element -infinity.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // planes * OH * quads
  quads: u32, // ceil(OW / 4)
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

const NAN_RANK = 0xffffffffu;

// Orders all values by their bits, so that no compiler may assume NaN away: 0 < -inf < ... < -0 = 0 < ... < inf < NaN.
fn ranks_of(v: vec4<f32>) -> vec4<u32> {
  let bits = bitcast<vec4<u32>>(v);
  let ranks = select(bits | vec4<u32>(0x80000000u), ~bits, bits > vec4<u32>(0x80000000u));
  return select(ranks, vec4<u32>(0xffffffffu), bits * 2u > vec4<u32>(0xff000000u));
}

fn minus_infinity() -> f32 {
  var bits = 0xff800000u; // a constant expression may not be infinite
  return bitcast<f32>(bits);
}

// A column left of the row wraps to a number above every width.
fn load_padded(start: u32, col: u32) -> f32 {
  return select(minus_infinity(), load_x(start + col), col < params.widthIn);
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
  let quads = params.quads;
  let widthIn = params.widthIn;
  let widthOut = params.widthOut;
  let strideX = params.strideX;
  let line = invocation / quads; // plane * OH + row
  let firstCol = invocation % quads * 4u;
  let plane = line / params.heightOut;
  let top = line % params.heightOut * params.strideY - params.paddingY;
  let left = firstCol * strideX - params.paddingX;

  var best = vec4<f32>(minus_infinity());
  var bestRanks = vec4<u32>();
  for (var p = 0u; p < params.kernelHeight; p++) {
    let row = top + p * params.dilationY;
    if (row >= params.heightIn) {
      continue;
    }
    let start = (plane * params.heightIn + row) * widthIn;
    for (var q = 0u; q < params.kernelWidth; q++) {
      let col = left + q * params.dilationX;
      let values = vec4<f32>(
        load_padded(start, col),
        load_padded(start, col + strideX),
        load_padded(start, col + 2u * strideX),
        load_padded(start, col + 3u * strideX),
      );
      let ranks = ranks_of(values);
      best = select(best, values, ranks > bestRanks);
      bestRanks = max(bestRanks, ranks);
    }
  }

  let i = line * widthOut + firstCol;
  store_y(i, best.x);
  if (firstCol + 1u < widthOut) {
    store_y(i + 1u, best.y);
  }
  if (firstCol + 2u < widthOut) {
    store_y(i + 2u, best.z);
  }
  if (firstCol + 3u < widthOut) {
    store_y(i + 3u, best.w);
  }
}
