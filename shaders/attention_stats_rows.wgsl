// attention_stats_rows: stats = [sum_c dy[i, c] y[i, c], largest[i], inverse[i]], what the gradients need of each row i
//
// Layout    dy: [batch, heads, queries, valueWidth] by strides; y: the packed result of the forward pass: [batch, queries,
//           heads, valueWidth], then, from statsStart on, two of [batch, heads, queries]. stats: three of those.
// Work      one invocation per row, in quads; workgroups folded into x and y. No barriers.
// Memory    reads dy and y once.
// Numerics  four f32 accumulators per row.
// Limits    none.

struct Params {
  batch: u32,
  heads: u32, // of q
  queries: u32,
  valueWidth: u32, // of v
  statsStart: u32, // where in y the largest scores stand
  dyStrideBatch: u32, dyStrideHead: u32, dyStrideRow: u32, dyOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> stats: array<f32>;

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn load_y(i: u32) -> f32 {
  return y[i];
}

fn load_y4(i: u32) -> vec4<f32> {
  return vec4<f32>(y[i], y[i + 1u], y[i + 2u], y[i + 3u]);
}

fn store_stats(i: u32, v: f32) {
  stats[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let rows = params.batch * params.heads * params.queries;
  if (row >= rows) {
    return;
  }
  let item = row / params.queries;
  let query = row - item * params.queries;
  let batch = item / params.heads;
  let head = item - batch * params.heads;
  let at_dy =
    params.dyOffset + batch * params.dyStrideBatch + head * params.dyStrideHead + query * params.dyStrideRow;
  let at_y = ((batch * params.queries + query) * params.heads + head) * params.valueWidth;
  var sum = vec4<f32>();
  let whole = params.valueWidth / 4u * 4u;
  for (var c = 0u; c < whole; c += 4u) {
    sum += load_dy4(at_dy + c) * load_y4(at_y + c);
  }
  for (var c = whole; c < params.valueWidth; c++) {
    sum.x += load_dy(at_dy + c) * load_y(at_y + c);
  }
  store_stats(row, (sum.x + sum.y) + (sum.z + sum.w));
  store_stats(rows + row, load_y(params.statsStart + row));
  store_stats(2u * rows + row, load_y(params.statsStart + rows + row));
}
