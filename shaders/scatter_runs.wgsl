// scatter_runs: y[o, index[o, j, i], i] = source[o, j, i], j after j in each run; the rest of y stays as it is.
//
// Layout    index (i32), source: [outer, count, inner]; y: [outer, size, inner], of which only named places are written.
// Work      one invocation per run of `run` neighbouring j of one (o, i). No barriers.
// Memory    reads index and source once; writes as much as source has.
// Numerics  exact. Of equal indices of one (o, i) the last is written, if they are in one run; an index outside of
//           0 ... size - 1 writes nothing.
// Limits    equal indices of one (o, i) stand in one run; each tensor has fewer than 2^31 elements.

struct Params {
  invocations: u32, // outer * runs * inner
  runs: u32, // ceil(count / run)
  run: u32,
  size: u32,
  count: u32,
  inner: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_index(i: u32) -> i32 {
  return index[i];
}

fn load_source(i: u32) -> f32 {
  return source[i];
}

fn store_y(i: u32, v: f32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (invocation >= params.invocations) {
    return;
  }
  let inner = params.inner;
  let i = invocation % inner;
  let slab = invocation / inner;
  let outer = slab / params.runs;
  let first = slab % params.runs * params.run;
  let end = min(first + params.run, params.count);
  let start = outer * params.size * inner + i;

  var at = (outer * params.count + first) * inner + i;
  for (var j = first; j < end; j++) {
    let place = u32(load_index(at)); // a negative index becomes one above every size
    if (place < params.size) {
      store_y(start + place * inner, load_source(at));
    }
    at += inner;
  }
}
