// conv2d_input_gradient_direct: dx[n, i, h, v] = sum of w[o, i, p, q] dy[n, o, r, c] over all o of i's group and all
//                               taps with r sy + p dy - py = h and c sx + q dx - px = v.
//
// Layout    dy: [N, Co, OH, OW]; w: [Co, Ci/g, kh, kw]; dx: [N, Ci, H, W]; 0 where no window reaches.
// Work      one invocation per two quads (4 columns of one row of dx, a stride apart) and CHANNELS input channels of
//           a group. All pixels of a phase (row mod sy, column mod sx) are reached by the same taps, every tapStep-th:
//           no others are visited. The quads of a pair are half a phase apart: two items where N is even.
// Memory    no workgroup memory. Per tap CHANNELS loads of w and, when SLIDES, 2 of dy (else 8) for 8 CHANNELS
//           multiply-adds: with SLIDES each tap moves the window on dy back by one element.
// Numerics  f32; sums over output channel, then row, then column of the window.
// Limits    each tensor has fewer than 2^31 elements; 1 <= CHANNELS <= 8; SLIDES needs dilationX / gcdX = 1.

struct Params {
  pairs: u32, // ceil(N * phaseHeight * quads / 2)
  quads: u32, // ceil(phaseWidth / 4)
  blocks: u32, // ceil(channelsIn / CHANNELS)
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
override SLIDES: bool = true;

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

  let channelsOut = params.channelsOut;
  let heightOut = params.heightOut;
  let widthOut = params.widthOut;
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
  let backY = params.dilationY / params.gcdY;
  let backX = params.dilationX / params.gcdX;
  // Where the first tap meets dy, for row and column 0 of the phase. Both divisions leave no rest.
  let top = u32(i32(placeY - firstP * params.dilationY) / i32(params.strideY));
  let left = u32(i32(placeX - firstQ * params.dilationX) / i32(params.strideX));

  // Channels past the end of the group compute what its last one does, and are not stored.
  let area = kernelHeight * kernelWidth;
  let firstIn = slab % params.blocks * CHANNELS; // within the group
  let lastIn = params.channelsIn - 1u;
  let w0 = firstIn * area;
  let w1 = min(firstIn + 1u, lastIn) * area;
  let w2 = min(firstIn + 2u, lastIn) * area;
  let w3 = min(firstIn + 3u, lastIn) * area;
  let w4 = min(firstIn + 4u, lastIn) * area;
  let w5 = min(firstIn + 5u, lastIn) * area;
  let w6 = min(firstIn + 6u, lastIn) * area;
  let w7 = min(firstIn + 7u, lastIn) * area;
  var dx0 = mat2x4<f32>(); // quad a, quad b
  var dx1 = mat2x4<f32>();
  var dx2 = mat2x4<f32>();
  var dx3 = mat2x4<f32>();
  var dx4 = mat2x4<f32>();
  var dx5 = mat2x4<f32>();
  var dx6 = mat2x4<f32>();
  var dx7 = mat2x4<f32>();

  for (var channel = 0u; channel < channelsOut; channel++) {
    let planeA = ((a.item * params.groups + group) * channelsOut + channel) * heightOut;
    let planeB = ((b.item * params.groups + group) * channelsOut + channel) * heightOut;
    let kernels = (group * channelsOut + channel) * params.channelsIn * area;
    var rowA = top + a.row;
    var rowB = top + b.row;
    for (var p = firstP; p < kernelHeight; p += tapStepY) {
      // A row outside dy is a row of width 0.
      let widthA = select(0u, widthOut, rowA < heightOut);
      let widthB = select(0u, widthOut, rowB < heightOut);
      let startA = (planeA + rowA) * widthOut;
      let startB = (planeB + rowB) * widthOut;
      rowA -= backY;
      rowB -= backY;
      if (widthA + widthB == 0u) {
        continue;
      }

      var colA = left + a.col;
      var colB = left + b.col;
      var fourA = vec4<f32>();
      var fourB = vec4<f32>();
      if (SLIDES) {
        // One step early, so that the first tap moves it into place.
        fourA = load_four(startA, colA + 1u, widthA);
        fourB = load_four(startB, colB + 1u, widthB);
      }
      for (var q = firstQ; q < kernelWidth; q += tapStepX) {
        if (SLIDES) {
          fourA = vec4<f32>(load_padded(startA, colA, widthA), fourA.xyz);
          fourB = vec4<f32>(load_padded(startB, colB, widthB), fourB.xyz);
        } else {
          fourA = load_four(startA, colA, widthA);
          fourB = load_four(startB, colB, widthB);
        }
        colA -= backX;
        colB -= backX;
        let four = mat2x4<f32>(fourA, fourB);
        let tap = kernels + p * kernelWidth + q;
        dx0 += load_w(w0 + tap) * four;
        if (CHANNELS > 1u) {
          dx1 += load_w(w1 + tap) * four;
        }
        if (CHANNELS > 2u) {
          dx2 += load_w(w2 + tap) * four;
        }
        if (CHANNELS > 3u) {
          dx3 += load_w(w3 + tap) * four;
        }
        if (CHANNELS > 4u) {
          dx4 += load_w(w4 + tap) * four;
        }
        if (CHANNELS > 5u) {
          dx5 += load_w(w5 + tap) * four;
        }
        if (CHANNELS > 6u) {
          dx6 += load_w(w6 + tap) * four;
        }
        if (CHANNELS > 7u) {
          dx7 += load_w(w7 + tap) * four;
        }
      }
    }
  }

  let base = group * params.channelsIn;
  store_quad(a, phaseY, phaseX, base + firstIn, dx0[0]);
  store_quad(b, phaseY, phaseX, base + firstIn, dx0[1]);
  if (CHANNELS > 1u && firstIn + 1u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 1u, dx1[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 1u, dx1[1]);
  }
  if (CHANNELS > 2u && firstIn + 2u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 2u, dx2[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 2u, dx2[1]);
  }
  if (CHANNELS > 3u && firstIn + 3u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 3u, dx3[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 3u, dx3[1]);
  }
  if (CHANNELS > 4u && firstIn + 4u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 4u, dx4[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 4u, dx4[1]);
  }
  if (CHANNELS > 5u && firstIn + 5u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 5u, dx5[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 5u, dx5[1]);
  }
  if (CHANNELS > 6u && firstIn + 6u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 6u, dx6[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 6u, dx6[1]);
  }
  if (CHANNELS > 7u && firstIn + 7u <= lastIn) {
    store_quad(a, phaseY, phaseX, base + firstIn + 7u, dx7[0]);
    store_quad(b, phaseY, phaseX, base + firstIn + 7u, dx7[1]);
  }
}
