// gru_step_gradient: what gru_step's x, sums and h get of dL/dh'.
//
//   dn = dh' (1 - s(z)) (1 - n^2), dz = dh' (h - n) s'(z), dr = dn hn s'(r); sums have s(r) dn in the place of dn; dh = dh' s(z).
//
// Layout    x, sums: [rows, 3, width] of (r, z, n), state (h), dy: [rows, width]; dx: [rows, 7, width] of x's (dr, dz, dn),
//           sums', and dh, row-major.
// Work      one invocation per element of the state, or per 4 where WIDE; workgroups folded into x and y. No barriers.
// Memory    reads each input once, writes dx once. Gates are computed again rather than kept.
// Numerics  f32; NaN is told by its bits, and arguments are clamped to where exp and tanh are finite.
// Limits    dx has fewer than 2^31 elements. WIDE needs width % 4 = 0.

struct Params {
  rows: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read> state: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

fn load_x(i: u32) -> f32 {
  return x[i];
}

fn load_x4(i: u32) -> vec4<f32> {
  return vec4<f32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_sums(i: u32) -> f32 {
  return sums[i];
}

fn load_sums4(i: u32) -> vec4<f32> {
  return vec4<f32>(sums[i], sums[i + 1u], sums[i + 2u], sums[i + 3u]);
}

fn load_state(i: u32) -> f32 {
  return state[i];
}

fn load_state4(i: u32) -> vec4<f32> {
  return vec4<f32>(state[i], state[i + 1u], state[i + 2u], state[i + 3u]);
}

fn load_dy(i: u32) -> f32 {
  return dy[i];
}

fn load_dy4(i: u32) -> vec4<f32> {
  return vec4<f32>(dy[i], dy[i + 1u], dy[i + 2u], dy[i + 3u]);
}

fn store_dx(i: u32, v: f32) {
  dx[i] = v;
}

fn store_dx4(i: u32, v: vec4<f32>) {
  dx[i] = v.x;
  dx[i + 1u] = v.y;
  dx[i + 2u] = v.z;
  dx[i + 3u] = v.w;
}
// end of seam

override WORKGROUP_SIZE: u32 = 64;
// Whether an invocation has four neighbours: then the width is a multiple of 4. Else it has one element.
override WIDE: bool = false;

fn x_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_x4(i);
  }
  return vec4<f32>(load_x(i));
}

fn sums_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_sums4(i);
  }
  return vec4<f32>(load_sums(i));
}

fn state_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_state4(i);
  }
  return vec4<f32>(load_state(i));
}

fn dy_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_dy4(i);
  }
  return vec4<f32>(load_dy(i));
}

fn put(i: u32, v: vec4<f32>) {
  if (WIDE) {
    store_dx4(i, v);
  } else {
    store_dx(i, v.x);
  }
}

// A device's exp and tanh may overflow, and turn NaN into a number.
fn is_nan(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

fn sigmoid(x: vec4<f32>) -> vec4<f32> {
  return select(1.0 / (1.0 + exp(clamp(-x, vec4<f32>(-88.0), vec4<f32>(88.0)))), x, is_nan(x));
}

fn bounded_tanh(x: vec4<f32>) -> vec4<f32> {
  return select(tanh(clamp(x, vec4<f32>(-15.0), vec4<f32>(15.0))), x, is_nan(x));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = ((group.y * groups.x + group.x) * WORKGROUP_SIZE + lane) * select(1u, 4u, WIDE);
  let width = params.width;
  if (i >= params.rows * width) {
    return;
  }
  let row = i / width;
  let col = i % width;
  let at = row * 3u * width + col;
  let r_gate = sigmoid(x_at(at) + sums_at(at));
  let z_gate = sigmoid(x_at(at + width) + sums_at(at + width));
  let past = sums_at(at + 2u * width);
  let fresh = bounded_tanh(x_at(at + 2u * width) + r_gate * past);
  let pull = dy_at(i);
  let dn = pull * (1.0 - z_gate) * (1.0 - fresh * fresh);
  let dz = pull * (state_at(i) - fresh) * z_gate * (1.0 - z_gate);
  let dr = dn * past * r_gate * (1.0 - r_gate);
  let to = row * 7u * width + col;
  put(to, dr);
  put(to + width, dz);
  put(to + 2u * width, dn);
  put(to + 3u * width, dr);
  put(to + 4u * width, dz);
  put(to + 5u * width, dn * r_gate);
  put(to + 6u * width, pull * z_gate);
}
