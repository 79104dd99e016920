// embedding_rows: y[p] = weight[index[p]]; a row of NaN where the index is outside 0 ... size - 1.
//
// Layout    weight: [size, dim]; index: i32 [count]; y: [count, dim]; row-major.
// Work      one invocation per 4 neighbouring elements of a row of y; workgroups of COLS quads by ROWS rows, along x by
//           columns and along y and z by rows, so that nothing is divided.
// Memory    reads index once per quad and weight once per element of y, wherever the row lies; writes y once.
// Numerics  exact.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  count: u32,
  size: u32,
  dim: u32,
  notANumber: u32, // the bits of NaN, which cannot be written as a literal
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_index(i: u32) -> i32 {
  return index[i];
}

fn load_weight4(i: u32) -> vec4<f32> {
  return vec4<f32>(weight[i], weight[i + 1u], weight[i + 2u], weight[i + 3u]);
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

override COLS: u32 = 16;
override ROWS: u32 = 4;

@compute @workgroup_size(COLS, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) lane: vec3<u32>,
) {
  let place = (group.z * groups.y + group.y) * ROWS + lane.y;
  let col = (group.x * COLS + lane.x) * 4u;
  if (place >= params.count || col >= params.dim) {
    return;
  }
  let row = u32(load_index(place)); // a negative index becomes one above every size
  var quad = vec4<f32>(bitcast<f32>(params.notANumber));
  if (row < params.size) {
    quad = load_weight4(row * params.dim + col);
  }
  let at = place * params.dim + col;
  let room = params.dim - col;
  if (room >= 4u) {
    store_y4(at, quad);
    return;
  }
  store_y(at, quad.x);
  if (room > 1u) {
    store_y(at + 1u, quad.y);
  }
  if (room > 2u) {
    store_y(at + 2u, quad.z);
  }
}
