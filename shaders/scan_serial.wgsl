// scan_serial: y[o, l, i] = carry[o, b, i] + x[o, b block, i] + ... + x[o, l, i], where l is in block b; or the product
//
// Layout    x, y: [outer, length, inner], row-major, the middle cut into blocks of `block`; carry: [outer, blocks, inner].
// Work      one invocation per block of each (o, i), folded into x and y. No barriers.
// Memory    reads x once, writes y once.
// Numerics  f32; a fixed order: runs of 4, 5, 6, ... elements, each added up by itself and then joined to what was before it.
//           Of n elements some sqrt(2 n) are joined, so that rounding which always goes one way stays small.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // outer * blocks * inner
  length: u32,
  inner: u32,
  block: u32,
  blocks: u32, // ceil(length / block)
  identity: u32, // the bits of 0 or 1
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> carry: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_carry(i: u32) -> f32 {
  return carry[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
// 0 adds, 1 multiplies.
override KIND: u32 = 0;

fn combine(left: f32, right: f32) -> f32 {
  if (KIND == 0u) {
    return left + right;
  }
  return left * right;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.invocations) {
    return;
  }
  let i = index % params.inner;
  let slab = index / params.inner;
  let outer = slab / params.blocks;
  let first = slab % params.blocks * params.block;
  let end = min(first + params.block, params.length);

  var before = load_carry(index); // what all runs before come to
  var at = (outer * params.length + first) * params.inner + i;
  var run = 4u;
  for (var l = first; l < end;) {
    let stop = min(l + run, end);
    run++;
    var part = bitcast<f32>(params.identity);
    for (; l < stop; l++) {
      part = combine(part, load_x(at));
      store_y(at, combine(before, part));
      at += params.inner;
    }
    before = combine(before, part);
  }
}
