// conv2d_direct: y[n, o, r, c] = sum_i,p,q w[o, i, p, q] x[n, i, r sy + p dy - py, c sx + q dx - px], i in o's group.
//
// Layout    x: [N, Ci, H, W]; w: [Co, Ci/g, kh, kw]; y: [N, Co, OH, OW]; x counts as 0 outside.
// Work      one invocation per two quads (4 neighbouring columns of one row of y each) and CHANNELS channels of a
//           group. The quads of a pair are half the tensor apart: the same place of two items where N is even.
// Memory    no workgroup memory. Per tap CHANNELS loads of w and, when SLIDES, 2 of x (else 8) for 8 CHANNELS
//           multiply-adds: with SLIDES the taps of one residue of the stride move a window on by one element.
// Numerics  f32; sums over input channel, then row, then column of the window.
// Limits    each tensor has fewer than 2^31 elements; 1 <= CHANNELS <= 8; SLIDES needs dilationX = 1.

struct Params {
  pairs: u32, // ceil(N * OH * quads / 2)
  quads: u32, // ceil(OW / 4)
  blocks: u32, // ceil(channelsOut / CHANNELS)
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
override SLIDES: bool = true;

struct Quad {
  item: u32,
  row: u32,
  col: u32,
}

fn quad_at(index: u32) -> Quad {
  let rows = index / params.quads;
  return Quad(rows / params.heightOut, rows % params.heightOut, index % params.quads * 4u);
}

// A column left of the row wraps to a number above every width.
fn load_padded(start: u32, col: u32, width: u32) -> f32 {
  return select(0.0, load_x(start + col), col < width);
}

fn load_four(start: u32, col: u32, width: u32) -> vec4<f32> {
  return vec4<f32>(
    load_padded(start, col, width),
    load_padded(start, col + params.strideX, width),
    load_padded(start, col + 2u * params.strideX, width),
    load_padded(start, col + 3u * params.strideX, width),
  );
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

  let channelsIn = params.channelsIn;
  let heightIn = params.heightIn;
  let widthIn = params.widthIn;
  let kernelHeight = params.kernelHeight;
  let kernelWidth = params.kernelWidth;
  let strideX = params.strideX;
  let dilationX = params.dilationX;
  let residues = select(1u, min(strideX, kernelWidth), SLIDES);
  let tapStep = select(1u, strideX, SLIDES);
  let colStep = select(dilationX, strideX, SLIDES);

  // Channels past the end of the group compute what its last one does, and are not stored.
  let firstOut = group * params.channelsOut + slab % params.blocks * CHANNELS;
  let lastOut = (group + 1u) * params.channelsOut - 1u;
  let taps = channelsIn * kernelHeight * kernelWidth;
  let w0 = firstOut * taps;
  let w1 = min(firstOut + 1u, lastOut) * taps;
  let w2 = min(firstOut + 2u, lastOut) * taps;
  let w3 = min(firstOut + 3u, lastOut) * taps;
  let w4 = min(firstOut + 4u, lastOut) * taps;
  let w5 = min(firstOut + 5u, lastOut) * taps;
  let w6 = min(firstOut + 6u, lastOut) * taps;
  let w7 = min(firstOut + 7u, lastOut) * taps;
  var y0 = mat2x4<f32>(); // quad a, quad b
  var y1 = mat2x4<f32>();
  var y2 = mat2x4<f32>();
  var y3 = mat2x4<f32>();
  var y4 = mat2x4<f32>();
  var y5 = mat2x4<f32>();
  var y6 = mat2x4<f32>();
  var y7 = mat2x4<f32>();

  let topA = a.row * params.strideY - params.paddingY;
  let topB = b.row * params.strideY - params.paddingY;
  let leftA = a.col * strideX - params.paddingX;
  let leftB = b.col * strideX - params.paddingX;
  for (var channel = 0u; channel < channelsIn; channel++) {
    let planeA = ((a.item * params.groups + group) * channelsIn + channel) * heightIn;
    let planeB = ((b.item * params.groups + group) * channelsIn + channel) * heightIn;
    for (var p = 0u; p < kernelHeight; p++) {
      let rowA = topA + p * params.dilationY;
      let rowB = topB + p * params.dilationY;
      // A row outside x is a row of width 0.
      let widthA = select(0u, widthIn, rowA < heightIn);
      let widthB = select(0u, widthIn, rowB < heightIn);
      if (widthA + widthB == 0u) {
        continue;
      }
      let startA = (planeA + rowA) * widthIn;
      let startB = (planeB + rowB) * widthIn;
      let tapRow = (channel * kernelHeight + p) * kernelWidth;

      for (var residue = 0u; residue < residues; residue++) {
        var colA = leftA + residue;
        var colB = leftB + residue;
        var fourA = vec4<f32>();
        var fourB = vec4<f32>();
        if (SLIDES) {
          // One step early, so that the first tap moves it into place.
          fourA = load_four(startA, colA - strideX, widthA);
          fourB = load_four(startB, colB - strideX, widthB);
        }
        for (var q = residue; q < kernelWidth; q += tapStep) {
          if (SLIDES) {
            fourA = vec4<f32>(fourA.yzw, load_padded(startA, colA + 3u * strideX, widthA));
            fourB = vec4<f32>(fourB.yzw, load_padded(startB, colB + 3u * strideX, widthB));
          } else {
            fourA = load_four(startA, colA, widthA);
            fourB = load_four(startB, colB, widthB);
          }
          colA += colStep;
          colB += colStep;
          let four = mat2x4<f32>(fourA, fourB);
          let tap = tapRow + q;
          y0 += load_w(w0 + tap) * four;
          if (CHANNELS > 1u) {
            y1 += load_w(w1 + tap) * four;
          }
          if (CHANNELS > 2u) {
            y2 += load_w(w2 + tap) * four;
          }
          if (CHANNELS > 3u) {
            y3 += load_w(w3 + tap) * four;
          }
          if (CHANNELS > 4u) {
            y4 += load_w(w4 + tap) * four;
          }
          if (CHANNELS > 5u) {
            y5 += load_w(w5 + tap) * four;
          }
          if (CHANNELS > 6u) {
            y6 += load_w(w6 + tap) * four;
          }
          if (CHANNELS > 7u) {
            y7 += load_w(w7 + tap) * four;
          }
        }
      }
    }
  }

  store_quad(a, firstOut, y0[0]);
  store_quad(b, firstOut, y0[1]);
  if (CHANNELS > 1u && firstOut + 1u <= lastOut) {
    store_quad(a, firstOut + 1u, y1[0]);
    store_quad(b, firstOut + 1u, y1[1]);
  }
  if (CHANNELS > 2u && firstOut + 2u <= lastOut) {
    store_quad(a, firstOut + 2u, y2[0]);
    store_quad(b, firstOut + 2u, y2[1]);
  }
  if (CHANNELS > 3u && firstOut + 3u <= lastOut) {
    store_quad(a, firstOut + 3u, y3[0]);
    store_quad(b, firstOut + 3u, y3[1]);
  }
  if (CHANNELS > 4u && firstOut + 4u <= lastOut) {
    store_quad(a, firstOut + 4u, y4[0]);
    store_quad(b, firstOut + 4u, y4[1]);
  }
  if (CHANNELS > 5u && firstOut + 5u <= lastOut) {
    store_quad(a, firstOut + 5u, y5[0]);
    store_quad(b, firstOut + 5u, y5[1]);
  }
  if (CHANNELS > 6u && firstOut + 6u <= lastOut) {
    store_quad(a, firstOut + 6u, y6[0]);
    store_quad(b, firstOut + 6u, y6[1]);
  }
  if (CHANNELS > 7u && firstOut + 7u <= lastOut) {
    store_quad(a, firstOut + 7u, y7[0]);
    store_quad(b, firstOut + 7u, y7[1]);
  }
}
