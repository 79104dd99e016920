// batch_norm_sums_serial: dw[s, 0, c] = sum of dy[b, c, l] xh[b, c, l], dw[s, 1, c] = sum of dy[b, c, l] over the b and l
//                         of slab s, where xh = ((x - center_m) - drift_m) scale_m and m = c / groupSize.
//
// Layout    x, dy: [batch, channels, length], statistics: [5, channels / groupSize] of (mean, variance, center, drift,
//           scale), dw: [slabs, 2, channels], row-major.
// Work      one invocation per slab and channel, unit by unit, which are quads or elements; workgroups folded into x and
//           y. A slab is a stretch of the channel's batch * length values. No barriers.
// Memory    reads x and dy once.
// Numerics  f32, units summed in blocks.
// Limits    there is at least one value per channel.

struct Params {
  batch: u32,
  channels: u32,
  length: u32,
  slabs: u32,
  slabUnits: u32, // the last slab may have fewer
  groupSize: u32, // how many channels in a row share their statistics
  block: u32, // how many units are summed before they join the total
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<f32>;
@group(0) @binding(4) var<storage, read_write> dw: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
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

fn store_dw(i: u32, v: f32) {
  dw[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 4;
// Whether a unit is four neighbours: then the length is a multiple of 4. Else it is one element.
override WIDE: bool = false;

// What row `row` of the statistics has for a channel.
fn load_moment(row: u32, channel: u32) -> f32 {
  return load_statistics((row * params.channels + channel) / params.groupSize);
}

// A unit of dy; what a lone element leaves free is 0.
fn pull_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_dy4(i);
  }
  return vec4<f32>(load_dy(i), 0.0, 0.0, 0.0);
}

// A unit of x less the mean.
fn distance_at(i: u32, center: f32, drift: f32) -> vec4<f32> {
  if (WIDE) {
    return (load_x4(i) - center) - drift;
  }
  return vec4<f32>((load_x(i) - center) - drift);
}

// The sums of dy (x - mean) and dy over a slab.
fn sums_of(start: u32, end: u32, channel: u32) -> vec2<f32> {
  let center = load_moment(2u, channel);
  let drift = load_moment(3u, channel);
  let width = select(1u, 4u, WIDE);
  let row_units = params.length / width;
  let item_size = params.channels * params.length;
  let item = start / row_units;
  var within = start - item * row_units;
  var i = item * item_size + channel * params.length + within * width;
  var weight = vec4<f32>();
  var bias = vec4<f32>();
  var unit = start;
  for (; unit < end;) {
    let stop = min(unit + params.block, end);
    var part_weight = vec4<f32>();
    var part_bias = vec4<f32>();
    for (; unit < stop; unit++) {
      let pull = pull_at(i);
      part_weight += pull * distance_at(i, center, drift);
      part_bias += pull;
      within++;
      i += width;
      if (within == row_units) {
        within = 0u;
        i += item_size - params.length;
      }
    }
    weight += part_weight;
    bias += part_bias;
  }
  return vec2<f32>((weight.x + weight.y) + (weight.z + weight.w), (bias.x + bias.y) + (bias.z + bias.w));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let slab = index / params.channels;
  if (slab >= params.slabs) {
    return;
  }
  let channel = index - slab * params.channels;
  let start = slab * params.slabUnits;
  let end = min(start + params.slabUnits, params.batch * params.length / select(1u, 4u, WIDE));
  let sums = sums_of(start, end, channel);
  let at = slab * 2u * params.channels + channel;
  store_dw(at, sums.x * load_moment(4u, channel));
  store_dw(at + params.channels, sums.y);
}
