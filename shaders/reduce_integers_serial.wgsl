// reduce_integers_serial: y[o, i] = sum_l x[o, l, i] of whole numbers; or their product, largest, smallest, or the place of either
//
// Layout    x: [outer, length, inner], y: [outer, inner], both i32, row-major. u32 comes as the i32 of the same bits.
// Work      one invocation per element of y; workgroups folded into x and y. No barriers.
// Memory    reads x once.
// Numerics  exact; sums and products wrap at 32 bits. The lowest place of equal ones. 0 for a length of 0, or 1 for a product.
// Limits    none.

struct Params {
  outputs: u32, // outer * inner
  length: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

fn load_x(i: u32) -> i32 {
  return x[i];
}

fn store_y(i: u32, v: i32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
// 0: sum. 1: largest. 2: smallest. 3: place of the largest. 4: place of the smallest. 5: product.
override KIND: u32 = 0;
override UNSIGNED: bool = false;

// A number that, compared without sign, grows with the value, or falls with it where the smallest is wanted.
fn rank(value: i32) -> u32 {
  let rising = bitcast<u32>(value) ^ select(0x80000000u, 0u, UNSIGNED);
  return select(rising, ~rising, KIND == 2u || KIND == 4u);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.outputs) {
    return;
  }
  let item = index / params.inner;
  let start = item * params.length * params.inner + (index - item * params.inner);

  var total = 0;
  var product = 1;
  var best = 0;
  var place = 0u;
  for (var l = 0u; l < params.length; l++) {
    let value = load_x(start + l * params.inner);
    total += value;
    product *= value;
    if (l == 0u || rank(value) > rank(best)) {
      best = value;
      place = l;
    }
  }
  if (KIND == 0u) {
    store_y(index, total);
  } else if (KIND == 5u) {
    store_y(index, product);
  } else if (KIND <= 2u) {
    store_y(index, best);
  } else {
    store_y(index, i32(place));
  }
}
