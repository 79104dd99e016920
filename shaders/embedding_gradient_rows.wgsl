// embedding_gradient_rows: dw[r] = sum of dy[p] over all p whose token is r, for the rows r that occur.
//
// Layout    dy: [count, dim]; order: i32 [2, count], first the tokens in rising order, then where they stood;
//           dw: [size, dim]. Only the rows of tokens that occur are written, and not that of `padding`.
// Work      COLS invocations per token of the list, each for every COLS-th quad of columns; ROWS tokens to a workgroup.
//           The first of equal tokens adds up all of them, the others leave.
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

// Columns col ... col + 3 of the row of dy that stands at `place` of the list.
fn row_at(place: u32, col: u32) -> vec4<f32> {
  return load_dy4(u32(load_order(params.count + place)) * params.dim + col);
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
  if (row >= params.size || row == params.padding || (first > 0u && load_order(first - 1u) == token)) {
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
    let at = row * params.dim + col;
    let room = params.dim - col;
    if (room >= 4u) {
      store_dw4(at, total);
    }
    // A loop, because software adapters walk through both sides of a branch.
    for (var k = select(room, 0u, room >= 4u); k > 0u; k--) {
      store_dw(at + k - 1u, total[k - 1u]);
    }
  }
}
