// lstm_step: c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c'), where s is the logistic function.
//
// Layout    gates: [rows, 4, width] of (i, f, g, o) before their functions, state (c): [rows, width]; y: [2, rows, width] of
//           (h', c'), row-major.
// Work      one invocation per element of the state, or per 4 where WIDE; workgroups folded into x and y. No barriers.
// Memory    reads gates and state once, writes y once.
// Numerics  f32; NaN is told by its bits, and arguments are clamped to where exp and tanh are finite.
// Limits    y has fewer than 2^31 elements. WIDE needs width % 4 = 0.

struct Params {
  rows: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// seam
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> state: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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

fn put(i: u32, v: vec4<f32>) {
  if (WIDE) {
    store_y4(i, v);
  } else {
    store_y(i, v.x);
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
  let enter = sigmoid(gates_at(at)) * bounded_tanh(gates_at(at + 2u * width));
  let cell = sigmoid(gates_at(at + width)) * state_at(i) + enter;
  put(i, sigmoid(gates_at(at + 3u * width)) * bounded_tanh(cell));
  put(params.rows * width + i, cell);
}
