// embed_slices: y[o, start + j step, i] = x[o, j, i] for j < count; 0 elsewhere.
//
// Layout    x: [outer, count, inner]; y: [outer, size, inner]; step may be negative.
// Work      one invocation per element of y, or per 4 where WHOLE_QUADS.
// Memory    reads x once, writes y once.
// Numerics  exact.
// Limits    y has fewer than 2^31 elements; every start + j step lies in y. WHOLE_QUADS needs inner % 4 = 0.

struct Params {
  total: u32, // elements of y
  size: u32,
  count: u32,
  inner: u32,
  start: i32,
  step: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

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
override WHOLE_QUADS: bool = false;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroupId: vec3<u32>,
  @builtin(num_workgroups) workgroupCount: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane;
  let i = invocation * select(1u, 4u, WHOLE_QUADS);
  if (i >= params.total) {
    return;
  }
  let line = i / params.inner;
  let outer = line / params.size;
  let distance = i32(line % params.size) - params.start;
  let slice = distance / params.step;
  let isInside = slice * params.step == distance && slice >= 0 && slice < i32(params.count);
  let source = (outer * params.count + u32(slice)) * params.inner + i % params.inner;

  if (WHOLE_QUADS) {
    if (isInside) {
      store_y4(i, load_x4(source));
    } else {
      store_y4(i, vec4<f32>());
    }
  } else {
    if (isInside) {
      store_y(i, load_x(source));
    } else {
      store_y(i, 0.0);
    }
  }
}
