// sample_categorical_rows: y[r] = the least i with x[r, 0] + ... + x[r, i] > u[r] sum_c x[r, c]: one draw from each row.
//
// Layout    x: [rows, cols], row-major, not negative; u: [rows], in [0, 1); y: i32 [rows].
// Work      one workgroup per row, folded into x and y; each invocation has a run of neighbours, as long as `chunk`.
// Memory    reads x once, and one run of it twice; 4 * (WORKGROUP_SIZE + 1) bytes of workgroup memory.
// Numerics  sums in f32: of a run in order, then of the runs in order. What has no probability is never drawn. A row whose
//           sum is 0, infinite or NaN gives -1.
// Limits    chunk is a multiple of 4, and chunk * WORKGROUP_SIZE not below cols.

struct Params {
  rows: u32,
  cols: u32,
  chunk: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> u: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<i32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_u(i: u32) -> f32 {
  return u[i];
}

fn store_y(i: u32, v: i32) {
  y[i] = v;
}
// end of seam

override WORKGROUP_SIZE: u32 = 256;

const INFINITY = 0x7f800000u;

var<workgroup> sums: array<f32, WORKGROUP_SIZE>;
var<workgroup> uniform01: f32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.cols;
  let first = min(lane * params.chunk, params.cols);
  let end = min(first + params.chunk, params.cols);

  var sum = 0.0;
  for (var col = first; col < end; col += 4u) {
    let quad = load_x4(start + col);
    sum += quad.x;
    sum += select(0.0, quad.y, col + 1u < end);
    sum += select(0.0, quad.z, col + 2u < end);
    sum += select(0.0, quad.w, col + 3u < end);
  }
  sums[lane] = sum;
  if (lane == 0u) {
    uniform01 = load_u(row);
  }
  workgroupBarrier();

  var total = 0.0;
  var before = 0.0;
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    before = select(before, total, other == lane);
    total += sums[other];
  }
  let bits = bitcast<u32>(total);
  if (bits == 0u || bits >= INFINITY) {
    if (lane == 0u) {
      store_y(row, -1);
    }
    return;
  }
  // The runs share out [0, total) without gaps, so exactly one holds the mark.
  let mark = uniform01 * total;
  if (mark < before || mark >= before + sum) {
    return;
  }
  var drawn = first;
  var reached = 0.0;
  for (var col = first; col < end && reached <= mark - before; col++) {
    let value = load_x(start + col);
    if (value > 0.0) {
      drawn = col;
      reached += value;
    }
  }
  store_y(row, i32(drawn));
}
