// lstm_step_gradient: what lstm_step's gates and c get of dL/dh' and dL/dc'.
//
// With e = dc' + dh' s(o) (1 - tanh(c')^2), the whole slope of c':
//   di = e tanh(g) s'(i), df = e c s'(f), dg = e s(i) (1 - tanh(g)^2), do = dh' tanh(c') s'(o), dc = e s(f).
//
// Layout    gates: [rows, 4, width] of (i, f, g, o) before their functions, state (c), dh, dc: [rows, width]; dx: [rows, 5,
//           width] of (di, df, dg, do, dc), row-major.
// Work      one invocation per element of the state, or per 4 where WIDE; workgroups folded into x and y. No barriers.
// Memory    reads each input once, writes dx once. Gates and c' are computed again rather than kept.
// Numerics  f32; NaN is told by its bits, and arguments are clamped to where exp and tanh are finite.
// Limits    dx has fewer than 2^31 elements. WIDE needs width % 4 = 0.

struct Params {
  rows: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(3) var<storage, read> dh: array<f32>;
@group(0) @binding(4) var<storage, read> dc: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

fn load_gates(i: u32) -> f32 {
  return gates[i];
}

fn load_gates4(i: u32) -> vec4<f32> {
  return vec4<f32>(gates[i], gates[i + 1u], gates[i + 2u], gates[i + 3u]);
}

fn load_state(i: u32) -> f32 {
  return state[i];
}

fn load_state4(i: u32) -> vec4<f32> {
  return vec4<f32>(state[i], state[i + 1u], state[i + 2u], state[i + 3u]);
}

fn load_dh(i: u32) -> f32 {
  return dh[i];
}

fn load_dh4(i: u32) -> vec4<f32> {
  return vec4<f32>(dh[i], dh[i + 1u], dh[i + 2u], dh[i + 3u]);
}

fn load_dc(i: u32) -> f32 {
  return dc[i];
}

fn load_dc4(i: u32) -> vec4<f32> {
  return vec4<f32>(dc[i], dc[i + 1u], dc[i + 2u], dc[i + 3u]);
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

fn gates_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_gates4(i);
  }
  return vec4<f32>(load_gates(i));
}

fn state_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_state4(i);
  }
  return vec4<f32>(load_state(i));
}

fn dh_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_dh4(i);
  }
  return vec4<f32>(load_dh(i));
}

fn dc_at(i: u32) -> vec4<f32> {
  if (WIDE) {
    return load_dc4(i);
  }
  return vec4<f32>(load_dc(i));
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
  let at = row * 4u * width + col;
  let i_gate = sigmoid(gates_at(at));
  let f_gate = sigmoid(gates_at(at + width));
  let g_gate = bounded_tanh(gates_at(at + 2u * width));
  let o_gate = sigmoid(gates_at(at + 3u * width));
  let old = state_at(i);
  let pull = dh_at(i);
  let squashed = bounded_tanh(f_gate * old + i_gate * g_gate);
  let slope = dc_at(i) + pull * o_gate * (1.0 - squashed * squashed);
  let to = row * 5u * width + col;
  put(to, slope * g_gate * i_gate * (1.0 - i_gate));
  put(to + width, slope * old * f_gate * (1.0 - f_gate));
  put(to + 2u * width, slope * i_gate * (1.0 - g_gate * g_gate));
  put(to + 3u * width, pull * squashed * o_gate * (1.0 - o_gate));
  put(to + 4u * width, slope * f_gate);
}
