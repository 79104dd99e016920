// embedding_gradient_scan: dw[s, r] = sum of dy[p] over all p of part s whose index is r.
//
// Layout    dy: [count, dim]; index: i32 [count], cut into parts of `part`; dw: [parts, size, dim]. Row `padding` is 0;
//           other indices add nowhere.
// Work      COLS invocations per row of dw, each for 4 quads of columns at a time; ROWS rows to a workgroup. A row looks
//           at all indices of its part, 4 at a time.
// Memory    reads index size * ceil(dim / 16) times or less, neighbouring invocations the same; dy once; writes dw once.
// Numerics  f32; sums in the order of the positions, 256 indices at a time. No atomics.
// Limits    part is a multiple of 4; each tensor has fewer than 2^31 elements.

struct Params {
  count: u32,
  size: u32,
  dim: u32,
  part: u32,
  rows: u32, // parts * size
  padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn load_index4(i: u32) -> vec4<i32> {
  return vec4<i32>(index[i], index[i + 1u], index[i + 2u], index[i + 3u]);
}

fn store_dw(i: u32, v: f32) {
  dw[i] = v;
}

fn store_dw4(i: u32, v: vec4<f32>) {
  dw[i] = v.x;
  dw[i + 1u] = v.y;
  dw[i + 2u] = v.z;
  dw[i + 3u] = v.w;
}
// end of seam

override COLS: u32 = 1;
override ROWS: u32 = 16;

const CHUNK = 256u;

// Four quads of columns, COLS quads apart.
struct Quads {
  a: vec4<f32>,
  b: vec4<f32>,
  c: vec4<f32>,
  d: vec4<f32>,
}

fn row_at(at: u32) -> Quads {
  let step = COLS * 4u;
  return Quads(load_dy4(at), load_dy4(at + step), load_dy4(at + 2u * step), load_dy4(at + 3u * step));
}

fn add(x: Quads, y: Quads) -> Quads {
  return Quads(x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d);
}

fn put(row: u32, col: u32, quad: vec4<f32>) {
  if (col >= params.dim) {
    return;
  }
  let at = row * params.dim + col;
  let room = params.dim - col;
  if (room >= 4u) {
    store_dw4(at, quad);
  }
  for (var k = select(room, 0u, room >= 4u); k > 0u; k--) {
    store_dw(at + k - 1u, quad[k - 1u]);
  }
}

@compute @workgroup_size(COLS, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) lane: vec3<u32>,
) {
  let row = (group.y * groups.x + group.x) * ROWS + lane.y;
  if (row >= params.rows) {
    return;
  }
  let part = row / params.size;
  let token = row - part * params.size;
  let start = part * params.part;
  let end = select(min(start + params.part, params.count), start, token == params.padding);
  let wanted = vec4<i32>(i32(token));
  let step = COLS * 4u;

  for (var col = lane.x * 4u; col < params.dim; col += 4u * step) {
    var total = Quads();
    for (var chunk = start; chunk < end; chunk += CHUNK) {
      let stop = min(chunk + CHUNK, end);
      var sum = Quads();
      for (var j = chunk; j < stop; j += 4u) {
        let places = vec4<u32>(j) + vec4<u32>(0u, 1u, 2u, 3u);
        let hits = (load_index4(j) == wanted) & (places < vec4<u32>(stop));
        let bits = select(vec4<u32>(), vec4<u32>(1u, 2u, 4u, 8u), hits);
        // A loop, because software adapters walk through both sides of a branch.
        for (var left = (bits.x | bits.y) | (bits.z | bits.w); left != 0u; left &= left - 1u) {
          sum = add(sum, row_at((j + firstTrailingBit(left)) * params.dim + col));
        }
      }
      total = add(total, sum);
    }
    put(row, col, total.a);
    put(row, col + step, total.b);
    put(row, col + 2u * step, total.c);
    put(row, col + 3u * step, total.d);
  }
}
