// 4_registers: y[i, j] = sum_l a[i, l] b[l, j]
//
// Changes   A block of 4 x 4 for each invocation: what is loaded of b now serves four rows, so 8 loads of a vec4 feed 64
//           multiply-adds. The block's four sums are four variables with names, which the compiler keeps in registers.
// Layout    a: [m, k], b: [k, n], y: [m, n], row-major, every size padded with zeros to whole quads.
// Work      one invocation per 4 x 4 block of y, in steps of 4 along k.
// Memory    reads a n / 4 times and b m / 4 times.
// Numerics  one f32 accumulator per element, in the order of l.
// Limits    m is at most 2097120.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

fn multiply_add(sum: vec4<f32>, left: vec4<f32>, block: mat4x4<f32>) -> vec4<f32> {
  return sum + left.x * block[0] + left.y * block[1] + left.z * block[2] + left.w * block[3];
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let depth = (params.k + 3u) / 4u; // quads of a row of a
  let across = (params.n + 3u) / 4u; // quads of a row of b and y
  let row = 4u * id.y;
  let quad = id.x;
  if (row >= params.m || quad >= across) {
    return;
  }
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  for (var l = 0u; l < depth; l++) {
    let at = 4u * l * across + quad;
    let block = mat4x4<f32>(b[at], b[at + across], b[at + 2u * across], b[at + 3u * across]);
    let left = row * depth + l;
    sum0 = multiply_add(sum0, a[left], block);
    sum1 = multiply_add(sum1, a[left + depth], block);
    sum2 = multiply_add(sum2, a[left + 2u * depth], block);
    sum3 = multiply_add(sum3, a[left + 3u * depth], block);
  }
  let out = row * across + quad;
  y[out] = sum0;
  y[out + across] = sum1;
  y[out + 2u * across] = sum2;
  y[out + 3u * across] = sum3;
}
