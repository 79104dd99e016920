// elementwise_map: y[i] = x[i]; the compiler's seam turns it into a copy of any view, or any fused elementwise chain.
//
// Layout    x, y: any shape, row-major; buffers are padded to whole vec4s.
// Work      one invocation per 4 elements; workgroups folded into x and y.
// Memory    reads x once, writes y once.
// Numerics  those of the fused expressions.
// Limits    count < 2^31.

struct Params {
  quads: u32, // ceil(elements / 4)
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn store_y4(i: u32, v: vec4<f32>) {
  y[i] = v.x;
  y[i + 1u] = v.y;
  y[i + 2u] = v.z;
  y[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (quad >= params.quads) {
    return;
  }
  store_y4(quad * 4u, load_x4(quad * 4u));
}
