// scan_largest_serial: y[o, l, i] = where the largest of keys[o, 0, i] ... keys[o, l, i] stands; of equal ones the last
//
// Layout    keys, y: i32 [outer, length, inner], row-major, the middle cut into blocks of `block`; carry: i32 [outer, blocks,
//           inner], where the largest before the block stands, or -1.
// Work      one invocation per block of each (o, i), folded into x and y. No barriers.
// Memory    reads keys once, writes y once.
// Numerics  exact.
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
@group(0) @binding(1) var<storage, read> keys: array<i32>;
@group(0) @binding(2) var<storage, read> carry: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<i32>;

fn load_keys(i: u32) -> i32 {
  return keys[i];
}

fn load_carry(i: u32) -> i32 {
  return carry[i];
}

fn store_y(i: u32, v: i32) {
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
  let inner = params.inner;
  let i = index % inner;
  let slab = index / inner;
  let start = slab / params.blocks * params.length * inner + i;
  let first = slab % params.blocks * params.block;
  let end = min(first + params.block, params.length);

  // Nothing before the block: its first element is at least itself.
  var best = load_carry(index);
  best = select(best, i32(first), best < 0);
  var largest = load_keys(start + u32(best) * inner);
  for (var l = first; l < end; l++) {
    let key = load_keys(start + l * inner);
    if (key >= largest) {
      largest = key;
      best = i32(l);
    }
    store_y(start + l * inner, best);
  }
}
