// The tanh form of GELU and its slope. (1 + tanh u) / 2 is the logistic function of 2 u: one exponential, and no
// difference of nearly equal numbers where x is negative. Beyond 8 the function is flat, and x³ would overflow.

fn gelu_gate4(x: vec4<f32>) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-8.0), vec4<f32>(8.0));
  let gate = 1.0 / (1.0 + exp(-near * (1.5957691216 + 0.0713548162726 * near * near)));
  return select(gate, vec4<f32>(0.0), x < vec4<f32>(-8.0));
}

fn gelu_tanh4(x: vec4<f32>) -> vec4<f32> {
  return x * gelu_gate4(x);
}

fn gelu_tanh_slope4(x: vec4<f32>) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-8.0), vec4<f32>(8.0));
  let gate = gelu_gate4(x);
  return gate + near * gate * (1.0 - gate) * (1.5957691216 + 0.2140644488178 * near * near);
}
