// norm_weight_gradient_serial: dw[s, 0, c] = sum of dy[r, c] xh[r, c], dw[s, 1, c] = sum of dy[r, c] over the rows r of
//                              slab s, where xh[r, c] = ((x[r, c] - center_r) - drift_r) scale_r; the second only with
//                              BIAS.
//
// Layout    x, dy: [rows, cols], statistics: [rows, 4] of (center, drift, scale, 0), dw: [slabs, 1 or 2, cols],
//           row-major.
// Work      one invocation per slab and four columns; workgroups folded into x and y. No barriers.
// Memory    reads x and dy once, invocations side by side.
// Numerics  f32, rows summed in blocks of about the square root of their number.
// Limits    none.

struct Params {
  rows: u32,
  cols: u32,
  slabs: u32,
  slabRows: u32, // the last slab may have fewer
  block: u32, // how many rows are summed before they join the total
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<f32>;
@group(0) @binding(4) var<storage, read_write> dw: array<f32>;

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn load_statistics4(i: u32) -> vec4<f32> {
  return vec4<f32>(statistics[i], statistics[i + 1u], statistics[i + 2u], statistics[i + 3u]);
}

fn store_dw(i: u32, v: f32) {
  dw[i] = v;
}

fn store_dw4(i: u32, v: vec4<f32>) {
  dw[i] = v.x;
  dw[i + 1u] = v.y;
  dw[i + 2u] = v.z;
  dw[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 4;
override BIAS: bool = true;

fn store_columns(start: u32, col: u32, v: vec4<f32>) {
  let i = start + col;
  if (col + 4u <= params.cols) {
    store_dw4(i, v);
    return;
  }
  store_dw(i, v.x);
  if (col + 1u < params.cols) {
    store_dw(i + 1u, v.y);
  }
  if (col + 2u < params.cols) {
    store_dw(i + 2u, v.z);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.cols + 3u) / 4u;
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let slab = index / across;
  if (slab >= params.slabs) {
    return;
  }
  let col = (index - slab * across) * 4u;
  let end = min((slab + 1u) * params.slabRows, params.rows);

  var weight = vec4<f32>();
  var bias = vec4<f32>();
  var row = slab * params.slabRows;
  for (; row < end;) {
    let stop = min(row + params.block, end);
    var part_weight = vec4<f32>();
    var part_bias = vec4<f32>();
    for (; row < stop; row++) {
      let i = row * params.cols + col;
      let moments = load_statistics4(4u * row);
      let pull = load_dy4(i);
      part_weight += pull * (((load_x4(i) - moments.x) - moments.y) * moments.z);
      part_bias += pull;
    }
    weight += part_weight;
    bias += part_bias;
  }
  if (BIAS) {
    store_columns(2u * slab * params.cols, col, weight);
    store_columns((2u * slab + 1u) * params.cols, col, bias);
  } else {
    store_columns(slab * params.cols, col, weight);
  }
}
