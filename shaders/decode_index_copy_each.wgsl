// decode_index_copy_each: y[o, index[j], i] = source[o, j, i]; the rest of y stays as it is.
//
// Layout    index: i32 [count]; source: [outer, count, inner]; y: [outer, size, inner], of which only named rows are written.
// Work      one invocation per element of source, or per 4 where WHOLE_QUADS; each looks whether a later row has its index.
// Memory    reads source once and writes as much; reads index up to `count` times, 4 entries at once.
// Numerics  exact. Of rows with one index the last is written; an index outside 0 ... size - 1 writes nothing.
// Limits    y has fewer than 2^31 elements. WHOLE_QUADS needs inner % 4 = 0.

struct Params {
  total: u32, // outer * count * inner
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

fn load_index4(i: u32) -> vec4<i32> {
  return vec4<i32>(index[i], index[i + 1u], index[i + 2u], index[i + 3u]);
}

fn load_source(i: u32) -> f32 {
  return source[i];
}

fn load_source4(i: u32) -> vec4<f32> {
  return vec4<f32>(source[i], source[i + 1u], source[i + 2u], source[i + 3u]);
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

// Whether a row of source after row j goes to the same place.
fn is_overwritten(j: u32, row: i32) -> bool {
  for (var first = j & 0xfffffffcu; first < params.count; first += 4u) {
    let places = vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u);
    let isLater = (places > vec4<u32>(j)) & (places < vec4<u32>(params.count));
    if (any((load_index4(first) == vec4<i32>(row)) & isLater)) {
      return true;
    }
  }
  return false;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = ((group.y * groups.x + group.x) * WORKGROUP_SIZE + lane) * select(1u, 4u, WHOLE_QUADS);
  if (i >= params.total) {
    return;
  }
  let line = i / params.inner;
  let outer = line / params.count;
  let j = line - outer * params.count;
  let row = load_index(j);
  // A negative index becomes one above every size.
  if (u32(row) >= params.size || is_overwritten(j, row)) {
    return;
  }
  let place = (outer * params.size + u32(row)) * params.inner + (i - line * params.inner);
  if (WHOLE_QUADS) {
    store_y4(place, load_source4(i));
  } else {
    store_y(place, load_source(i));
  }
}
