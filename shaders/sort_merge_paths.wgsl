// sort_merge_paths: in each row, runs that are in rising order are merged two by two.
//
// Layout    order, y: i32 [2, rows, length]: keys, and where in the row each stood. Runs of `run`, then of 2 `run` elements; the
//           last ones may be shorter. Equal keys of the first run come first.
// Work      one invocation per `chunk` neighbours of y: it looks up by halving how many of them and of those before come from
//           the first run, and merges from there. No barriers.
// Memory    reads and writes all once, and 2 log2(run) keys more per invocation.
// Numerics  exact.
// Limits    2 run is a multiple of chunk; y has fewer than 2^31 elements.

struct Params {
  rows: u32,
  length: u32,
  run: u32,
  chunk: u32,
  chunks: u32, // ceil(length / chunk)
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> order: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

fn load_order(i: u32) -> i32 {
  return order[i];
}

fn store_y(i: u32, v: i32) {
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
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  if (index >= params.rows * params.chunks) {
    return;
  }
  let row = index / params.chunks;
  let length = params.length;
  let start = row * length;
  let others = params.rows * length; // from a key to its place
  let first = (index - row * params.chunks) * params.chunk;
  let end = min(first + params.chunk, length);

  let base = first / (2u * params.run) * 2u * params.run;
  let middle = min(base + params.run, length);
  let stop = min(middle + params.run, length);
  let countA = middle - base;
  let countB = stop - middle;

  // How many of the `taken` elements before `first` come from the first run.
  let taken = first - base;
  var low = select(0u, taken - countB, taken > countB);
  var high = min(taken, countA);
  while (low < high) {
    let half = (low + high) / 2u;
    if (load_order(start + base + half) <= load_order(start + middle + taken - 1u - half)) {
      low = half + 1u;
    } else {
      high = half;
    }
  }

  var a = base + low;
  var b = middle + taken - low;
  var keyA = load_order(start + min(a, length - 1u));
  var keyB = load_order(start + min(b, length - 1u));
  for (var to = first; to < end; to++) {
    let isA = a < middle && (b >= stop || keyA <= keyB);
    let place = select(b, a, isA);
    store_y(start + to, select(keyB, keyA, isA));
    store_y(others + start + to, load_order(others + start + place));
    if (isA) {
      a += 1u;
      keyA = load_order(start + min(a, length - 1u));
    } else {
      b += 1u;
      keyB = load_order(start + min(b, length - 1u));
    }
  }
}
