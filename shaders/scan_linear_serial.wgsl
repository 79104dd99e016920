// scan_linear_serial: y[o, l, i] = a[o, l, i] y[o, l - 1, i] + b[o, l, i]; before a block comes its carry
//
// Layout    a, b, y: [outer, length, inner], row-major, the middle cut into blocks of `block`; carry: [outer, blocks, inner].
// Work      one invocation per block of each (o, i), folded into x and y. No barriers.
// Memory    reads a and b once, writes y once.
// Numerics  f32; step after step.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // outer * blocks * inner
  length: u32,
  inner: u32,
  block: u32,
  blocks: u32, // ceil(length / block)
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> carry: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn load_a(i: u32) -> f32 {
  return a[i];
}

fn load_b(i: u32) -> f32 {
  return b[i];
}

fn load_carry(i: u32) -> f32 {
  return carry[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

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

  var value = load_carry(index);
  var at = (outer * params.length + first) * params.inner + i;
  for (var l = first; l < end; l++) {
    value = load_a(at) * value + load_b(at);
    store_y(at, value);
    at += params.inner;
  }
}
