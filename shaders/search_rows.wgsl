// search_rows: y[r, c] = how many of keys[r, ...] are below values[r, c], or not above it where RIGHT.
//
// Layout    keys: i32 [rows, length], every row in rising order; values, y: i32 [rows, count].
// Work      one invocation per value, by halving. No barriers.
// Memory    reads log2(length) keys per value.
// Numerics  exact.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  total: u32, // rows * count
  length: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> keys: array<i32>;
@group(0) @binding(2) var<storage, read> values: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<i32>;

fn load_keys(i: u32) -> i32 {
  return keys[i];
}

fn load_values(i: u32) -> i32 {
  return values[i];
}

fn store_y(i: u32, v: i32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
override RIGHT: bool = false;

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
  let value = load_values(index);
  let start = index / params.count * params.length;
  var low = 0u;
  var high = params.length;
  while (low < high) {
    let half = (low + high) / 2u;
    let key = load_keys(start + half);
    if (key < value || (RIGHT && key == value)) {
      low = half + 1u;
    } else {
      high = half;
    }
  }
  store_y(index, i32(low));
}
