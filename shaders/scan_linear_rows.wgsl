// scan_linear_rows: y[r, l] = a[r, l] y[r, l - 1] + b[r, l]; before a block comes its carry
//
// Layout    a, b, y: [rows, length], row-major, cut into blocks of `block`; carry: [rows, blocks].
// Work      one workgroup per block, folded into x and y: tiles of 4 * WORKGROUP_SIZE elements one after the other; in a tile
//           each invocation has a quad, and what the quads before it do to a value is found by doubling.
// Memory    reads a and b once, writes y once; 8 * WORKGROUP_SIZE bytes of workgroup memory.
// Numerics  f32; a fixed order. Steps are joined as (a, b) then (c, d) = (c a, c b + d).
// Limits    WORKGROUP_SIZE is a power of two; each tensor has fewer than 2^31 elements.

struct Params {
  rows: u32,
  length: u32,
  block: u32,
  blocks: u32, // ceil(length / block)
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> carry: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn load_a(i: u32) -> f32 {
  return a[i];
}

fn load_b(i: u32) -> f32 {
  return b[i];
}

fn load_carry(i: u32) -> f32 {
  return carry[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 256;

// Steps v -> x v + y.
var<workgroup> steps: array<vec2<f32>, WORKGROUP_SIZE>;

fn then(first: vec2<f32>, second: vec2<f32>) -> vec2<f32> {
  return vec2<f32>(second.x * first.x, second.x * first.y + second.y);
}

fn load_step(i: u32, isInside: bool) -> vec2<f32> {
  if (isInside) {
    return vec2<f32>(load_a(i), load_b(i));
  }
  return vec2<f32>(1.0, 0.0);
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

  var before = load_carry(index); // the value before this tile
  for (var tile = first; tile < end; tile += 4u * WORKGROUP_SIZE) {
    let l = tile + 4u * lane;
    let step0 = load_step(start + l, l < end);
    let step1 = then(step0, load_step(start + l + 1u, l + 1u < end));
    let step2 = then(step1, load_step(start + l + 2u, l + 2u < end));
    let step3 = then(step2, load_step(start + l + 3u, l + 3u < end));

    steps[lane] = step3;
    workgroupBarrier();
    for (var span = 1u; span < WORKGROUP_SIZE; span <<= 1u) {
      var left = vec2<f32>(1.0, 0.0);
      if (lane >= span) {
        left = steps[lane - span];
      }
      workgroupBarrier();
      if (lane >= span) {
        steps[lane] = then(left, steps[lane]);
      }
      workgroupBarrier();
    }
    var left = before;
    if (lane > 0u) {
      let step = steps[lane - 1u];
      left = step.x * before + step.y;
    }
    let whole = steps[WORKGROUP_SIZE - 1u];
    before = whole.x * before + whole.y;
    workgroupBarrier();

    if (l < end) {
      store_y(start + l, step0.x * left + step0.y);
    }
    if (l + 1u < end) {
      store_y(start + l + 1u, step1.x * left + step1.y);
    }
    if (l + 2u < end) {
      store_y(start + l + 2u, step2.x * left + step2.y);
    }
    if (l + 3u < end) {
      store_y(start + l + 3u, step3.x * left + step3.y);
    }
  }
}
