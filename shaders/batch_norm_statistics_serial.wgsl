// batch_norm_statistics_serial: statistics[s, :, c] = (mean, unbiased variance, center, drift, 1 / sqrt(variance + eps))
//                               of x[b, c, l] over the b and l of slab s, where center + drift is the mean.
//
// Layout    x: [batch, channels, length], statistics: [slabs, 5, channels], row-major.
// Work      one invocation per slab and channel, unit by unit, which are quads or elements; workgroups folded into x and
//           y. A slab is a stretch of the channel's batch * length values. No barriers.
// Memory    reads x twice.
// Numerics  as norm_rows_serial: sums over x - center, where `center` is the mean but for a small `drift`; units are
//           summed in blocks. A slab of one value has variance 0.
// Limits    there is at least one value per channel.

struct Params {
  batch: u32,
  channels: u32,
  length: u32,
  slabs: u32,
  slabUnits: u32, // the last slab may have fewer
  block: u32, // how many units are summed before they join the total
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn store_statistics(i: u32, v: f32) {
  statistics[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 4;
// Whether a unit is four neighbours: then the length is a multiple of 4. Else it is one element.
override WIDE: bool = false;

// A unit less `center`; what a lone element leaves free is 0.
fn distance_at(i: u32, center: f32) -> vec4<f32> {
  if (WIDE) {
    return load_x4(i) - center;
  }
  return vec4<f32>(load_x(i) - center, 0.0, 0.0, 0.0);
}

// The sums of x - center and of its square over a slab.
fn moments_of(start: u32, end: u32, channel: u32, center: f32) -> vec2<f32> {
  let width = select(1u, 4u, WIDE);
  let row_units = params.length / width;
  let item_size = params.channels * params.length;
  let item = start / row_units;
  var within = start - item * row_units;
  var i = item * item_size + channel * params.length + within * width;
  var sum = vec4<f32>();
  var squares = vec4<f32>();
  var unit = start;
  for (; unit < end;) {
    let stop = min(unit + params.block, end);
    var part_sum = vec4<f32>();
    var part_squares = vec4<f32>();
    for (; unit < stop; unit++) {
      let d = distance_at(i, center);
      part_sum += d;
      part_squares += d * d;
      within++;
      i += width;
      if (within == row_units) {
        within = 0u;
        i += item_size - params.length;
      }
    }
    sum += part_sum;
    squares += part_squares;
  }
  return vec2<f32>((sum.x + sum.y) + (sum.z + sum.w), (squares.x + squares.y) + (squares.z + squares.w));
}

// The five rows of `statistics` for this slab and channel, from the moments of x - center.
fn store_moments(slab: u32, channel: u32, count: f32, center: f32, moments: vec2<f32>) {
  let drift = moments.x;
  let raw = moments.y - drift * drift;
  // Rounding may leave less than nothing. A select passes a NaN on, which max would hide.
  let variance = select(raw, 0.0, raw < 0.0);
  let at = slab * 5u * params.channels + channel;
  store_statistics(at, center + drift);
  store_statistics(at + params.channels, variance * (count / max(count - 1.0, 1.0)));
  store_statistics(at + 2u * params.channels, center);
  store_statistics(at + 3u * params.channels, drift);
  store_statistics(at + 4u * params.channels, 1.0 / sqrt(variance + params.eps));
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
  let width = select(1u, 4u, WIDE);
  let start = slab * params.slabUnits;
  let end = min(start + params.slabUnits, params.batch * params.length / width);
  let count = f32((end - start) * width);

  let center = moments_of(start, end, channel, 0.0).x / count;
  store_moments(slab, channel, count, center, moments_of(start, end, channel, center) / count);
}
