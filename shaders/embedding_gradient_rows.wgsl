// embedding_gradient_rows: dw[r] = sum of dy[p] over all p whose token is r, for the rows r that occur; with FILLS the
//                          other rows are 0.
//
// Layout    dy: [count, dim]; order: i32 [2, count], first the tokens in rising order, then where they stood;
//           dw: [size, dim]. Without FILLS only the rows of tokens that occur are written, and not that of `padding`.
// Work      COLS invocations per token of the list, each for every COLS-th quad of columns; ROWS tokens to a workgroup.
//           The first of equal tokens adds up all of them, the others leave; with FILLS it sees to the rows between the
//           token before and its own, and the last one to those behind it, too.
// Memory    reads dy once, by whole rows; writes each row once; log2(count) elements of order per invocation.
// Numerics  f32; sums in the order of the positions, 32 at a time. No atomics.
// Limits    each tensor has fewer than 2^31 elements.

struct Params {
  count: u32,
  size: u32,
  dim: u32,
  padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<i32>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn load_order(i: u32) -> i32 {
  return order[i];
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

override COLS: u32 = 16;
override ROWS: u32 = 4;
override FILLS: bool = false;

// Columns col ... col + 3 of the row of dy that stands at `place` of the list.
fn row_at(place: u32, col: u32) -> vec4<f32> {
  return load_dy4(u32(load_order(params.count + place)) * params.dim + col);
}

fn store_quad(row: u32, col: u32, v: vec4<f32>) {
  let at = row * params.dim + col;
  let room = params.dim - col;
  if (room >= 4u) {
    store_dw4(at, v);
  }
  // A loop, because software adapters walk through both sides of a branch.
  for (var k = select(room, 0u, room >= 4u); k > 0u; k--) {
    store_dw(at + k - 1u, v[k - 1u]);
  }
}

fn clear(begin: u32, end: u32, firstCol: u32) {
  for (var row = begin; row < end; row++) {
    for (var col = firstCol; col < params.dim; col += COLS * 4u) {
      store_quad(row, col, vec4<f32>());
    }
  }
}

@compute @workgroup_size(COLS, ROWS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) lane: vec3<u32>,
) {
  let first = (group.y * groups.x + group.x) * ROWS + lane.y;
  if (first >= params.count) {
    return;
  }
  let token = load_order(first);
  let row = u32(token); // a negative token becomes one above every size
  let isRow = row < params.size && row != params.padding;
  if ((!isRow && !FILLS) || (first > 0u && load_order(first - 1u) == token)) {
    return;
  }

  // The end of the run of equal tokens, by bisection.
  var end = params.count;
  var low = first + 1u;
  while (low < end) {
    let middle = (low + end) / 2u;
    let isSame = load_order(middle) == token;
    low = select(low, middle + 1u, isSame);
    end = select(middle, end, isSame);
  }

  if (FILLS) {
    let before = select(-1, max(load_order(first - 1u), -1), first > 0u);
    clear(u32(before + 1), min(u32(max(token, 0)), params.size), lane.x * 4u);
    if (end == params.count) {
      clear(u32(max(token, -1) + 1), params.size, lane.x * 4u);
    }
    if (!isRow) {
      clear(row, select(row, row + 1u, row == params.padding && row < params.size), lane.x * 4u);
      return;
    }
  }
  for (var col = lane.x * 4u; col < params.dim; col += COLS * 4u) {
    var total = vec4<f32>();
    var place = first;
    while (place < end) {
      let stop = min(place + 32u, end);
      var part = vec4<f32>();
      for (; place + 4u <= stop; place += 4u) {
        let a = row_at(place, col);
        let b = row_at(place + 1u, col);
        let c = row_at(place + 2u, col);
        let d = row_at(place + 3u, col);
        part = (((part + a) + b) + c) + d;
      }
      for (; place < stop; place++) {
        part += row_at(place, col);
      }
      total += part;
    }
    store_quad(row, col, total);
  }
}
