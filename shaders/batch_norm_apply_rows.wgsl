// batch_norm_apply_rows: y[b, c, l] = ((x[b, c, l] - center_m) - drift_m) scale_m w[i] + b[i], where m and i are c, or
//                        c / groupSize and c % weights with GROUPED.
//
// Layout    x, y: [batch, channels, length], w, b: [channels] or [weights], statistics: [5, channels] or
//           [5, channels / groupSize] of (mean, variance, center, drift, scale), row-major.
// Work      one invocation per `chunk` units, which are quads or elements, one behind the other; workgroups folded into x
//           and y. No barriers.
// Memory    reads x once, writes y once, and reads what belongs to a channel once for each of its rows.
// Numerics  f32. The mean is taken away in two steps, as it may be far above the deviation.
// Limits    fewer than 2^31 elements.

struct Params {
  rows: u32, // batch * channels
  channels: u32,
  length: u32,
  chunk: u32, // units of an invocation
  groupSize: u32, // how many channels in a row share their statistics
  weights: u32, // after how many channels weights begin anew
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> statistics: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_w(i: u32) -> f32 {
  return w[i];
}

fn load_b(i: u32) -> f32 {
  return b[i];
}

fn load_statistics(i: u32) -> f32 {
  return statistics[i];
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
// Whether a unit is four neighbours: then the length is a multiple of 4. Else it is one element.
override WIDE: bool = false;
override GROUPED: bool = false;

// Where row `row` of the statistics has a channel.
fn place_of(row: u32, channel: u32) -> u32 {
  let i = row * params.channels + channel;
  if (GROUPED) {
    return i / params.groupSize;
  }
  return i;
}

// (center, drift, factor, shift) of a channel.
fn line_of(channel: u32) -> vec4<f32> {
  var own = channel;
  if (GROUPED) {
    own = channel % params.weights;
  }
  return vec4<f32>(
    load_statistics(place_of(2u, channel)),
    load_statistics(place_of(3u, channel)),
    load_statistics(place_of(4u, channel)) * load_w(own),
    load_b(own),
  );
}

fn apply(i: u32, line: vec4<f32>) {
  if (WIDE) {
    store_y4(i, ((load_x4(i) - line.x) - line.y) * line.z + line.w);
  } else {
    store_y(i, ((load_x(i) - line.x) - line.y) * line.z + line.w);
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
    apply(unit * width, line);
    within++;
  }
}
