// 8_shared64: y[i, j] = sum_l a[i, l] b[l, j]
//
// Changes   A tile of 64 x 64 halves what is read from global memory once more. The tile of a is turned on its way in, so
//           that four rows of it are one vec4, and rows of tiles are padded by a quad, so that they begin in other banks.
// Layout    a: [m, k], b: [k, n], y: [m, n], row-major, every size padded with zeros to whole quads.
// Work      one workgroup of 16 x 16 per 64 x 64 tile of y, 4 x 4 elements each, in steps of 16 along k.
// Memory    reads a n / 64 times and b m / 64 times; 8.5 KiB of workgroup memory, of which 2 loads feed 16 multiply-adds.
// Numerics  one f32 accumulator per element, in the order of l.
// Limits    m and n are at most 4194240.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

const ROW = 17u; // quads of a row of a tile: 16 and one of padding

var<workgroup> tileA: array<vec4<f32>, 272>; // [16 along k][ROW]: 4 rows each
var<workgroup> tileB: array<vec4<f32>, 272>; // [16 along k][ROW]: 4 columns each

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let depth = (params.k + 3u) / 4u; // quads of a row of a
  let across = (params.n + 3u) / 4u; // quads of a row of b and y
  let rows = (params.m + 3u) / 4u * 4u; // of a and y in memory
  let tileRow = 64u * group.y;
  let tileQuad = 16u * group.x;
  let down = lane / 16u;
  let quad = lane % 16u;

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  for (var l = 0u; l < depth; l += 4u) {
    // 64 invocations bring and turn a block of 4 x 4 of a each, all of them a quad of b.
    if (lane < 64u) {
      let blockRow = lane / 4u;
      let along = lane % 4u;
      let at = (tileRow + 4u * blockRow) * depth + l + along;
      let block = transpose(mat4x4<f32>(a[at], a[at + depth], a[at + 2u * depth], a[at + 3u * depth]));
      let inside = tileRow + 4u * blockRow < rows && l + along < depth;
      let to = 4u * along * ROW + blockRow;
      tileA[to] = select(vec4<f32>(), block[0], inside);
      tileA[to + ROW] = select(vec4<f32>(), block[1], inside);
      tileA[to + 2u * ROW] = select(vec4<f32>(), block[2], inside);
      tileA[to + 3u * ROW] = select(vec4<f32>(), block[3], inside);
    }
    let insideB = l + down / 4u < depth && tileQuad + quad < across;
    tileB[down * ROW + quad] = select(vec4<f32>(), b[(4u * l + down) * across + tileQuad + quad], insideB);
    workgroupBarrier();
    for (var step = 0u; step < 16u; step++) {
      let left = tileA[step * ROW + down];
      let right = tileB[step * ROW + quad];
      sum0 += left.x * right;
      sum1 += left.y * right;
      sum2 += left.z * right;
      sum3 += left.w * right;
    }
    workgroupBarrier();
  }

  let row = tileRow + 4u * down;
  if (row < rows && tileQuad + quad < across) {
    let out = row * across + tileQuad + quad;
    y[out] = sum0;
    y[out + across] = sum1;
    y[out + 2u * across] = sum2;
    y[out + 3u * across] = sum3;
  }
}
