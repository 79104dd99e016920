// gather_gradient_sorted: dx[r, s] = sum of dy[r, p] over all p whose index is s, from the indices in order.
//
// Layout    dy: [rows, count]; order: i32 [2, rows, count], first the indices of each row in rising order, then where they
//           stood; dx: [rows, size]. Other indices add nowhere.
// Work      one invocation per element of dx: it looks up by halving where its indices begin, and adds up while they last. No
//           barriers.
// Memory    reads dy and order once, and log2(count) indices more per invocation; writes dx once.
// Numerics  f32; sums in the order of the positions, 32 at a time. No atomics.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  rows: u32,
  size: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<i32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_order(i: u32) -> i32 {
  return order[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (at >= params.rows * params.size) {
    return;
  }
  let row = at / params.size;
  let wanted = i32(at - row * params.size);
  let start = row * params.count;
  let places = params.rows * params.count + start;

  var low = 0u;
  var high = params.count;
  while (low < high) {
    let half = (low + high) / 2u;
    if (load_order(start + half) < wanted) {
      low = half + 1u;
    } else {
      high = half;
    }
  }

  var total = f32();
  var j = low;
  while (j < params.count && load_order(start + j) == wanted) {
    let stop = min(j + 32u, params.count);
    var part = f32();
    for (; j < stop && load_order(start + j) == wanted; j++) {
      part += load_dy(start + u32(load_order(places + j)));
    }
    total += part;
  }
  store_dx(at, total);
}
