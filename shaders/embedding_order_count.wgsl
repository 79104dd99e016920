// embedding_order_count: y[0] = the tokens of each block in rising order, y[1] = where each of them stood.
//
// Layout    index: i32 [count], cut into blocks of `block`; y: i32 [2, count]. Equal tokens keep their order.
// Work      one invocation per token: it counts the tokens of its block which come before it, and so knows its place.
// Memory    reads index count / 4 * block times in quads, neighbouring invocations the same; writes y once.
// Numerics  exact.
// Limits    block is a multiple of 4; count < 2^30.

struct Params {
  count: u32,
  block: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

fn load_index(i: u32) -> i32 {
  return index[i];
}

fn load_index4(i: u32) -> vec4<i32> {
  return vec4<i32>(index[i], index[i + 1u], index[i + 2u], index[i + 3u]);
}

fn store_y(i: u32, v: i32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

fn ones(condition: vec4<bool>) -> vec4<u32> {
  return select(vec4<u32>(), vec4<u32>(1u), condition);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (i >= params.count) {
    return;
  }
  let first = i / params.block * params.block;
  let end = min(first + params.block, params.count);
  let own = i & 0xfffffffcu; // the quad in which i stands
  let token = load_index(i);
  let wanted = vec4<i32>(token);

  // Equal tokens come before this one if they stand before it.
  var before = vec4<u32>();
  for (var j = first; j < own; j += 4u) {
    before += ones(load_index4(j) <= wanted);
  }
  for (var j = own + 4u; j + 4u <= end; j += 4u) {
    before += ones(load_index4(j) < wanted);
  }
  let mates = load_index4(own);
  let places = vec4<u32>(own) + vec4<u32>(0u, 1u, 2u, 3u);
  let isEqualBefore = (mates == wanted) & (places < vec4<u32>(i));
  before += ones(((mates < wanted) | isEqualBefore) & (places < vec4<u32>(end)));
  let rest = end & 0xfffffffcu; // the quad that the end cuts
  if (rest > own && rest < end) {
    let last = vec4<u32>(rest) + vec4<u32>(0u, 1u, 2u, 3u);
    before += ones((load_index4(rest) < wanted) & (last < vec4<u32>(end)));
  }

  let rank = first + (before.x + before.y) + (before.z + before.w);
  store_y(rank, token);
  store_y(params.count + rank, i32(i));
}
