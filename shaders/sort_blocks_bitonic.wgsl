// sort_blocks_bitonic: y[0] = the keys of each block of each row in rising order, y[1] = where in the row each of them stood.
//
// Layout    keys: i32 [rows, length], every row cut into blocks of BLOCK; y: i32 [2, rows, length]. Equal keys keep their order.
// Work      one workgroup per block, folded into x and y: a bitonic network over pairs of key and place.
// Memory    reads keys once, writes y once; 8 * BLOCK bytes of workgroup memory.
// Numerics  exact: places are all different, so that the network has no ties to decide.
// Limits    BLOCK is a power of two from 2 on; y has fewer than 2^31 elements.

struct Params {
  rows: u32,
  length: u32,
  blocks: u32, // ceil(length / BLOCK)
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

override WORKGROUP_SIZE: u32 = 256;
override BLOCK: u32 = 1024;

var<workgroup> sorted: array<i32, BLOCK>;
var<workgroup> places: array<i32, BLOCK>;

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
  let first = (index - row * params.blocks) * BLOCK;
  let start = row * params.length;

  // What fills the last block up comes behind everything that is there, also behind the largest key.
  for (var e = lane; e < BLOCK; e += WORKGROUP_SIZE) {
    let place = first + e;
    let isInside = place < params.length;
    sorted[e] = select(0x7fffffff, load_keys(start + select(first, place, isInside)), isInside);
    places[e] = i32(place);
  }
  workgroupBarrier();

  for (var size = 2u; size <= BLOCK; size <<= 1u) {
    for (var span = size >> 1u; span > 0u; span >>= 1u) {
      for (var pair = lane; pair < BLOCK / 2u; pair += WORKGROUP_SIZE) {
        let low = 2u * pair - (pair & (span - 1u));
        let high = low + span;
        let a = sorted[low];
        let b = sorted[high];
        let placeA = places[low];
        let placeB = places[high];
        let isLess = b < a || (b == a && placeB < placeA);
        if (isLess == ((low & size) == 0u)) {
          sorted[low] = b;
          sorted[high] = a;
          places[low] = placeB;
          places[high] = placeA;
        }
      }
      workgroupBarrier();
    }
  }

  for (var e = lane; e < BLOCK; e += WORKGROUP_SIZE) {
    let place = first + e;
    if (place < params.length) {
      store_y(start + place, sorted[e]);
      store_y((params.rows + row) * params.length + place, places[e]);
    }
  }
}
