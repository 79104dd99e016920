// concat_pair: y[o] = a[o] followed by b[o].
//
// Layout    a: [outer, lengthA]; b: [outer, lengthB]; y: [outer, lengthA + lengthB]; a length is size * inner.
// Work      one invocation per 4 elements of y.
// Memory    reads a and b once, writes y once; 4 elements at a time where WHOLE_QUADS.
// Numerics  exact.
// Limits    y has fewer than 2^31 elements. WHOLE_QUADS needs both lengths to be multiples of 4.

struct Params {
  total: u32, // elements of y
  lengthA: u32,
  lengthB: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn load_a(i: u32) -> f32 {
  return a[i];
}

fn load_a4(i: u32) -> vec4<f32> {
  return vec4<f32>(a[i], a[i + 1u], a[i + 2u], a[i + 3u]);
}

fn load_b(i: u32) -> f32 {
  return b[i];
}

fn load_b4(i: u32) -> vec4<f32> {
  return vec4<f32>(b[i], b[i + 1u], b[i + 2u], b[i + 3u]);
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
  let first = ((workgroupId.y * workgroupCount.x + workgroupId.x) * WORKGROUP_SIZE + lane) * 4u;
  if (first >= params.total) {
    return;
  }
  let lengthA = params.lengthA;
  let lengthB = params.lengthB;
  var outer = first / (lengthA + lengthB);
  var place = first - outer * (lengthA + lengthB);

  if (WHOLE_QUADS) {
    if (place < lengthA) {
      store_y4(first, load_a4(outer * lengthA + place));
    } else {
      store_y4(first, load_b4(outer * lengthB + place - lengthA));
    }
    return;
  }
  for (var i = first; i < min(first + 4u, params.total); i++) {
    if (place < lengthA) {
      store_y(i, load_a(outer * lengthA + place));
    } else {
      store_y(i, load_b(outer * lengthB + place - lengthA));
    }
    place++;
    if (place == lengthA + lengthB) {
      place = 0u;
      outer++;
    }
  }
}
