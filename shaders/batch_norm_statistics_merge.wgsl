// batch_norm_statistics_merge: statistics[:, c] = (mean, unbiased variance, center, drift, 1 / sqrt(variance + eps)) of all
//                              values of channel c, out of parts[s, :, c], which are those of slabs.
//
// Layout    parts: [slabs, 5, channels], statistics: [5, channels], row-major.
// Work      one invocation per channel, slab by slab; workgroups folded into x and y. No barriers.
// Memory    reads parts twice.
// Numerics  after Chan, Golub and LeVeque (1979): the sums of squares about each slab's mean, and those of the means
//           about the mean of all. Means are taken as distances from the first slab's center, which stays the center:
//           it is within a few deviations of the mean.
// Limits    there are at least two values per channel, and no slab is empty.

struct Params {
  channels: u32,
  slabs: u32,
  slabCount: u32, // values of a slab
  lastCount: u32, // values of the last slab
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;

fn load_parts(i: u32) -> f32 {
  return parts[i];
}

fn store_statistics(i: u32, v: f32) {
  statistics[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

fn values_of(slab: u32) -> f32 {
  return f32(select(params.slabCount, params.lastCount, slab + 1u == params.slabs));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let channel = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (channel >= params.channels) {
    return;
  }
  let stride = 5u * params.channels;
  let count = f32(params.slabCount) * f32(params.slabs - 1u) + f32(params.lastCount);
  let center = load_parts(2u * params.channels + channel);

  var total = 0.0;
  for (var slab = 0u; slab < params.slabs; slab++) {
    let at = slab * stride + channel;
    let distance = (load_parts(at + 2u * params.channels) - center) + load_parts(at + 3u * params.channels);
    total += distance * values_of(slab);
  }
  let drift = total / count;

  var squares = 0.0;
  for (var slab = 0u; slab < params.slabs; slab++) {
    let at = slab * stride + channel;
    let distance = (load_parts(at + 2u * params.channels) - center) + load_parts(at + 3u * params.channels);
    let apart = distance - drift;
    let values = values_of(slab);
    squares += load_parts(at + params.channels) * (values - 1.0) + values * apart * apart;
  }
  store_statistics(channel, center + drift);
  store_statistics(params.channels + channel, squares / (count - 1.0));
  store_statistics(2u * params.channels + channel, center);
  store_statistics(3u * params.channels + channel, drift);
  store_statistics(4u * params.channels + channel, 1.0 / sqrt(squares / count + params.eps));
}
