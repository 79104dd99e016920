// scan_rows: y[r, l] = carry[r, b] + x[r, b block] + ... + x[r, l], where l is in block b; or the product instead of the sum
//
// Layout    x, y: [rows, length], row-major, cut into blocks of `block`; carry: [rows, blocks].
// Work      one workgroup per block, folded into x and y: tiles of 4 * WORKGROUP_SIZE elements one after the other; in a tile
//           each invocation has a quad, and what the quads before it come to is found by doubling.
// Memory    reads x once, writes y once; 4 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  f32; a fixed order. A chain has 4 + log2 WORKGROUP_SIZE steps, and one for each tile.
// Limits    WORKGROUP_SIZE is a power of two; each tensor has fewer than 2^31 elements.

struct Params {
  rows: u32,
  length: u32,
  block: u32,
  blocks: u32, // ceil(length / block)
  identity: u32, // the bits of 0 or 1
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> carry: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_carry(i: u32) -> f32 {
  return carry[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 256;
// 0 adds, 1 multiplies.
override KIND: u32 = 0;

var<workgroup> totals: array<f32, WORKGROUP_SIZE>;

fn combine(left: f32, right: f32) -> f32 {
  if (KIND == 0u) {
    return left + right;
  }
  return left * right;
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
  let identity = bitcast<f32>(params.identity);

  var before = load_carry(index); // what all tiles before come to
  for (var tile = first; tile < end; tile += 4u * WORKGROUP_SIZE) {
    let l = tile + 4u * lane;
    var quad = vec4<f32>(identity);
    if (l + 4u <= end) {
      quad = load_x4(start + l);
    } else if (l < end) {
      quad.x = load_x(start + l);
      if (l + 1u < end) {
        quad.y = load_x(start + l + 1u);
      }
      if (l + 2u < end) {
        quad.z = load_x(start + l + 2u);
      }
    }
    quad.y = combine(quad.x, quad.y);
    quad.z = combine(quad.y, quad.z);
    quad.w = combine(quad.z, quad.w);

    totals[lane] = quad.w;
    workgroupBarrier();
    for (var span = 1u; span < WORKGROUP_SIZE; span <<= 1u) {
      var left = identity;
      if (lane >= span) {
        left = totals[lane - span];
      }
      workgroupBarrier();
      totals[lane] = combine(left, totals[lane]);
      workgroupBarrier();
    }
    var left = before;
    if (lane > 0u) {
      left = combine(before, totals[lane - 1u]);
    }
    before = combine(before, totals[WORKGROUP_SIZE - 1u]);
    workgroupBarrier();

    let result = vec4<f32>(
      combine(left, quad.x),
      combine(left, quad.y),
      combine(left, quad.z),
      combine(left, quad.w),
    );
    if (l + 4u <= end) {
      store_y4(start + l, result);
    } else if (l < end) {
      store_y(start + l, result.x);
      if (l + 1u < end) {
        store_y(start + l + 1u, result.y);
      }
      if (l + 2u < end) {
        store_y(start + l + 2u, result.z);
      }
    }
  }
}
