// decode_attention_merge: y[r] = sum_s e_s x[r, s] / sum_s e_s total[r, s], where e_s = exp(largest[r, s] - max_s largest[r, s]).
//
// Layout    x: [rows, splits, stride]: `width` sums, and in the last quad of each the largest score and the total weight.
//           y: [rows, width].
// Work      one invocation per quad of y, folded into x and y; it walks through the splits twice. No barriers.
// Memory    reads the sums of x once, their last quads for each quad of y, and writes y once.
// Numerics  f32, splits in order. A row of which no split saw a key gives 0.
// Limits    stride is a multiple of 4 and at least width + 4.

struct Params {
  quads: u32, // rows * rowQuads
  rowQuads: u32, // ceil(width / 4)
  width: u32,
  splits: u32,
  stride: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
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

override WORKGROUP_SIZE: u32 = 64;

const LOWEST = -3.4028234e38;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (quad >= params.quads) {
    return;
  }
  let row = quad / params.rowQuads;
  let column = (quad - row * params.rowQuads) * 4u;
  let start = row * params.splits * params.stride;
  let end = start + params.splits * params.stride;

  var largest = LOWEST;
  for (var at = start; at < end; at += params.stride) {
    largest = max(largest, load_x4(at + params.stride - 4u).x);
  }
  var sum = vec4<f32>();
  var total = 0.0;
  for (var at = start; at < end; at += params.stride) {
    let last = load_x4(at + params.stride - 4u);
    let factor = exp(last.x - largest);
    total += factor * last.y;
    sum += factor * load_x4(at + column);
  }
  let v = select(sum / total, vec4<f32>(), bitcast<u32>(total) == 0u);

  let i = row * params.width + column;
  if (column + 4u <= params.width) {
    store_y4(i, v);
    return;
  }
  store_y(i, v.x);
  if (column + 1u < params.width) {
    store_y(i + 1u, v.y);
  }
  if (column + 2u < params.width) {
    store_y(i + 2u, v.z);
  }
}
