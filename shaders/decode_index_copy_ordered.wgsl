// decode_index_copy_ordered: y[o, index[j], i] = source[o, j, i], j after j; the rest of y stays as it is.
//
// Layout    index: i32 [count]; source: [outer, count, inner]; y: [outer, size, inner], of which only named rows are written.
// Work      one invocation per (o, i), or per 4 i where WHOLE_QUADS; each walks through all j. No barriers.
// Memory    reads source and index once, the latter in each invocation; writes as much as source has.
// Numerics  exact. Of rows with one index the last is written; an index outside 0 ... size - 1 writes nothing.
// Limits    y has fewer than 2^31 elements. WHOLE_QUADS needs inner % 4 = 0.

struct Params {
  columns: u32, // outer * inner
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

override WORKGROUP_SIZE: u32 = 16;
override WHOLE_QUADS: bool = false;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = ((group.y * groups.x + group.x) * WORKGROUP_SIZE + lane) * select(1u, 4u, WHOLE_QUADS);
  if (column >= params.columns) {
    return;
  }
  let outer = column / params.inner;
  let i = column - outer * params.inner;
  var start = outer * params.count * params.inner + i;
  let to = outer * params.size * params.inner + i;
  for (var j = 0u; j < params.count; j++) {
    let row = u32(load_index(j)); // a negative index becomes one above every size
    if (row < params.size) {
      if (WHOLE_QUADS) {
        store_y4(to + row * params.inner, load_source4(start));
      } else {
        store_y(to + row * params.inner, load_source(start));
      }
    }
    start += params.inner;
  }
}
