// sort_blocks_count: y[0] = the keys of each block of each row in rising order, y[1] = where in the row each of them stood.
//
// Layout    keys: i32 [rows, length], every row cut into blocks of `block`; y: i32 [2, rows, length]. Equal keys keep their
//           order.
// Work      one invocation per key: it counts the keys of its block that come before it, and so knows its place. No barriers.
// Memory    reads each key `block` times, neighbouring invocations the same; writes y once.
// Numerics  exact.
// Limits    y has fewer than 2^31 elements. The work grows with rows * length * block.

struct Params {
  total: u32, // rows * length
  length: u32,
  block: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> keys: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

fn load_keys(i: u32) -> i32 {
  return keys[i];
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
  if (index >= params.total) {
    return;
  }
  let place = index % params.length;
  let start = index - place;
  let first = place / params.block * params.block;
  let end = min(first + params.block, params.length);
  let key = load_keys(index);

  // Equal keys come before this one if they stand before it.
  var before = first;
  for (var j = first; j < place; j++) {
    before += select(0u, 1u, load_keys(start + j) <= key);
  }
  for (var j = place + 1u; j < end; j++) {
    before += select(0u, 1u, load_keys(start + j) < key);
  }
  store_y(start + before, key);
  store_y(params.total + start + before, i32(place));
}
