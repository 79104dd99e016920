// batch_norm_input_gradient_rows: dx = scale_c w[c] (dy - sum_b / count - xh sum_w / count) for element [b, c, l], where
//                                 xh = ((x - center_c) - drift_c) scale_c, sum_w = sums[0, c] and sum_b = sums[1, c].
//                                 With GROUPED these are of m = c / groupSize and the weight is w[c % weights], which
//                                 the sums hold already: dx = scale_m (dy w - sum_b / count - xh sum_w / count).
//
// Layout    x, dy, dx: [batch, channels, length], w: [channels] or [weights], statistics: [5, moments] of (mean,
//           variance, center, drift, scale), sums: [2, moments], row-major; moments are channels, or channels /
//           groupSize.
// Work      one invocation per `chunk` units, which are quads or elements, one behind the other; workgroups folded into x
//           and y. No barriers.
// Memory    reads x and dy once, writes dx once, and reads what belongs to a channel once for each of its rows.
// Numerics  f32.
// Limits    fewer than 2^31 elements.

struct Params {
  rows: u32, // batch * channels
  channels: u32,
  length: u32,
  chunk: u32, // units of an invocation
  groupSize: u32, // how many channels in a row share their statistics
  weights: u32, // after how many channels weights begin anew
  share: f32, // 1 / count
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read> statistics: array<f32>;
@group(0) @binding(5) var<storage, read> sums: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn load_statistics(i: u32) -> f32 {
  return statistics[i];
}

fn load_sums(i: u32) -> f32 {
  return sums[i];
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}

fn store_dx4(i: u32, v: vec4<f32>) {
  dx[i] = v.x;
  dx[i + 1u] = v.y;
  dx[i + 2u] = v.z;
  dx[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
// Whether a unit is four neighbours: then the length is a multiple of 4. Else it is one element.
override WIDE: bool = false;
override GROUPED: bool = false;

struct Line {
  center: f32,
  drift: f32,
  level: f32,
  slope: f32,
  factor: f32,
  weight: f32, // only with GROUPED
}

// Where row `row` of the statistics, or of the sums, has a channel.
fn place_of(row: u32, channel: u32) -> u32 {
  let i = row * params.channels + channel;
  if (GROUPED) {
    return i / params.groupSize;
  }
  return i;
}

// What belongs to a channel.
fn line_of(channel: u32) -> Line {
  var own = channel;
  if (GROUPED) {
    own = channel % params.weights;
  }
  let scale = load_statistics(place_of(4u, channel));
  let weight = load_w(own);
  return Line(
    load_statistics(place_of(2u, channel)),
    load_statistics(place_of(3u, channel)),
    load_sums(place_of(1u, channel)) * params.share,
    load_sums(place_of(0u, channel)) * params.share * scale,
    select(scale * weight, scale, GROUPED),
    weight,
  );
}

fn pull_back(i: u32, line: Line) {
  if (WIDE) {
    let d = (load_x4(i) - line.center) - line.drift;
    var pull = load_dy4(i);
    if (GROUPED) {
      pull *= line.weight;
    }
    store_dx4(i, (pull - line.level - d * line.slope) * line.factor);
  } else {
    let d = (load_x(i) - line.center) - line.drift;
    var pull = load_dy(i);
    if (GROUPED) {
      pull *= line.weight;
    }
    store_dx(i, (pull - line.level - d * line.slope) * line.factor);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let width = select(1u, 4u, WIDE);
  let row_units = params.length / width;
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let first = index * params.chunk;
  let units = params.rows * row_units;
  if (first >= units) {
    return;
  }
  let end = min(first + params.chunk, units);
  let row = first / row_units;
  var within = first - row * row_units;
  var channel = row % params.channels;
  var line = line_of(channel);
  for (var unit = first; unit < end; unit++) {
    if (within == row_units) {
      within = 0u;
      channel = select(channel + 1u, 0u, channel + 1u == params.channels);
      line = line_of(channel);
    }
    pull_back(unit * width, line);
    within++;
  }
}
