// embedding_order_merge: y[0] = all tokens in rising order, y[1] = where each of them stood; from blocks in such order.
//
// Layout    order: i32 [2, count], in blocks of `block`, each of them in order; y: i32 [2, count]. Equal tokens keep
//           their order.
// Work      one invocation per token: it finds how many of each other block come before it, by bisection.
// Memory    reads order count / block * log2(block) times, here and there; writes y once.
// Numerics  exact.
// Limits    count < 2^30.

struct Params {
  count: u32,
  block: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> order: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

fn load_order(i: u32) -> i32 {
  return order[i];
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
  let i = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (i >= params.count) {
    return;
  }
  let token = load_order(i);
  let own = i / params.block * params.block;

  var rank = 0u;
  for (var first = 0u; first < params.count; first += params.block) {
    var low = first;
    var high = min(first + params.block, params.count);
    // Equal tokens of earlier blocks come before this one, those of later blocks after it.
    let isEarlier = first < own;
    if (first == own) {
      low = i;
      high = i;
    }
    while (low < high) {
      let middle = (low + high) / 2u;
      let other = load_order(middle);
      let isBefore = other < token || (isEarlier && other == token);
      low = select(low, middle + 1u, isBefore);
      high = select(middle, high, isBefore);
    }
    rank += low - first;
  }
  store_y(rank, token);
  store_y(params.count + rank, load_order(params.count + i));
}
