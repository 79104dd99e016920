// scan_largest_rows: y[r, l] = where the largest of keys[r, 0] ... keys[r, l] stands; of equal ones the last
//
// Layout    keys, y: i32 [rows, length], row-major, cut into blocks of `block`; carry: i32 [rows, blocks], where the largest
//           before the block stands, or -1.
// Work      one workgroup per block, folded into x and y: tiles of WORKGROUP_SIZE elements one after the other; in a tile the
//           largest of those before an element is found by doubling.
// Memory    reads keys once, writes y once; 8 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  exact.
// Limits    WORKGROUP_SIZE is a power of two; each tensor has fewer than 2^31 elements.

struct Params {
  rows: u32,
  length: u32,
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

override WORKGROUP_SIZE: u32 = 256;

// A key and its place; a place below 0 stands for nothing.
var<workgroup> best: array<vec2<i32>, WORKGROUP_SIZE>;

fn larger(left: vec2<i32>, right: vec2<i32>) -> vec2<i32> {
  return select(left, right, right.y >= 0 && (left.y < 0 || right.x >= left.x));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  if (index >= params.rows * params.blocks) {
    return;
  }
  let row = index / params.blocks;
  let start = row * params.length;
  let first = (index - row * params.blocks) * params.block;
  let end = min(first + params.block, params.length);

  let place = load_carry(index);
  var before = vec2<i32>(load_keys(start + u32(max(place, 0))), place);
  for (var tile = first; tile < end; tile += WORKGROUP_SIZE) {
    let l = tile + lane;
    var own = vec2<i32>(0, -1);
    if (l < end) {
      own = vec2<i32>(load_keys(start + l), i32(l));
    }
    best[lane] = own;
    workgroupBarrier();
    for (var span = 1u; span < WORKGROUP_SIZE; span <<= 1u) {
      var left = vec2<i32>(0, -1);
      if (lane >= span) {
        left = best[lane - span];
      }
      workgroupBarrier();
      best[lane] = larger(left, best[lane]);
      workgroupBarrier();
    }
    if (l < end) {
      store_y(start + l, larger(before, best[lane]).y);
    }
    before = larger(before, best[WORKGROUP_SIZE - 1u]);
    workgroupBarrier();
  }
}
