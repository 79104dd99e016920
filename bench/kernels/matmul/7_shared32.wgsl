// 7_shared32: y[i, j] = sum_l a[i, l] b[l, j]
//
// Changes   The invocations of a workgroup share what they load: a tile of 32 x 32 of y reads its part of a and b once
//           from global memory into workgroup memory, where eight invocations find each number. Two barriers a step pay
//           for it.
// Layout    a: [m, k], b: [k, n], y: [m, n], row-major, every size padded with zeros to whole quads.
// Work      one workgroup of 8 x 8 per 32 x 32 tile of y, 4 x 4 elements each, in steps of 32 along k.
// Memory    reads a n / 32 times and b m / 32 times; 8 KiB of workgroup memory.
// Numerics  one f32 accumulator per element, in the order of l.
// Limits    m and n are at most 2097120.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

var<workgroup> tileA: array<vec4<f32>, 256>; // [32 rows][8 quads along k]
var<workgroup> tileB: array<vec4<f32>, 256>; // [32 along k][8 quads of columns]

fn multiply_add(sum: vec4<f32>, left: vec4<f32>, block: mat4x4<f32>) -> vec4<f32> {
  return sum + left.x * block[0] + left.y * block[1] + left.z * block[2] + left.w * block[3];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let depth = (params.k + 3u) / 4u; // quads of a row of a
  let across = (params.n + 3u) / 4u; // quads of a row of b and y
  let rows = (params.m + 3u) / 4u * 4u; // of a and y in memory
  let tileRow = 32u * group.y;
  let tileQuad = 8u * group.x;
  let row = 4u * (lane / 8u);
  let quad = lane % 8u;

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  for (var l = 0u; l < depth; l += 8u) {
    for (var slot = lane; slot < 256u; slot += 64u) {
      let down = slot / 8u;
      let along = slot % 8u;
      let insideA = tileRow + down < rows && l + along < depth;
      tileA[slot] = select(vec4<f32>(), a[(tileRow + down) * depth + l + along], insideA);
      let insideB = l + down / 4u < depth && tileQuad + along < across;
      tileB[slot] = select(vec4<f32>(), b[(4u * l + down) * across + tileQuad + along], insideB);
    }
    workgroupBarrier();
    for (var step = 0u; step < 8u; step++) {
      let at = 32u * step + quad;
      let block = mat4x4<f32>(tileB[at], tileB[at + 8u], tileB[at + 16u], tileB[at + 24u]);
      let left = 8u * row + step;
      sum0 = multiply_add(sum0, tileA[left], block);
      sum1 = multiply_add(sum1, tileA[left + 8u], block);
      sum2 = multiply_add(sum2, tileA[left + 16u], block);
      sum3 = multiply_add(sum3, tileA[left + 24u], block);
    }
    workgroupBarrier();
  }

  if (tileRow + row < rows && tileQuad + quad < across) {
    let out = (tileRow + row) * across + tileQuad + quad;
    y[out] = sum0;
    y[out + across] = sum1;
    y[out + 2u * across] = sum2;
    y[out + 3u * across] = sum3;
  }
}
