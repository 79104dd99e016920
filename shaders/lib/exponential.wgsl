// exp_scaled4, exp_two4, exp_minus_one4, hyperbolic_sine4, hyperbolic_cosine4, hyperbolic_tangent4: to 4 units in the last
// place, also near 0 where WGSL's own are not: e^x is 2^k e^r with |r| <= ln(2) / 2, and e^r - 1 a polynomial (minimax, 2e-8 relative).

// 2^k for whole k from -126 to 127.
fn two_to4(k: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((vec4<i32>(k) + vec4<i32>(127)) << vec4<u32>(23u));
}

// e^r - 1 for |r| <= 0.36.
fn exp_rest4(r: vec4<f32>) -> vec4<f32> {
  let p = 0.16666533 + r * (0.04166625 + r * (0.008367923 + r * 0.0013948769));
  return r + r * r * (0.5 + r * p);
}

// x - k ln 2. The first product is exact, so nothing is lost whether fma rounds once or twice.
fn exp_reduce4(x: vec4<f32>, k: vec4<f32>) -> vec4<f32> {
  return fma(-k, vec4<f32>(1.42860677e-06), fma(-k, vec4<f32>(0.693145751953125), x));
}

// (1 + p) 2^k in two steps, as 2^k alone may be too large or too small.
fn exp_raise4(p: vec4<f32>, k: vec4<f32>) -> vec4<f32> {
  let half = floor(k * 0.5);
  return (1.0 + p) * two_to4(half) * two_to4(k - half);
}

// e^x 2^power for a power of -1 or 0.
fn exp_scaled4(x: vec4<f32>, power: f32) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-110.0), vec4<f32>(90.0));
  let k = round(near * 1.44269504);
  return exp_raise4(exp_rest4(exp_reduce4(near, k)), k + power);
}

fn exp_two4(x: vec4<f32>) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-160.0), vec4<f32>(130.0));
  let k = round(near);
  return exp_raise4(exp_rest4((near - k) * 0.69314718), k);
}

fn exp_minus_one4(x: vec4<f32>) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-40.0), vec4<f32>(88.8)); // beyond it is -1, or too large
  let k = round(near * 1.44269504);
  let p = exp_rest4(exp_reduce4(near, k));
  let half = two_to4(k - 1.0);
  let y = select(2.0 * (p * half + (half - 0.5)), p, k == vec4<f32>(0.0));
  return select(y, x, x == vec4<f32>(0.0));
}

fn hyperbolic_sine4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let e = exp_minus_one4(min(size, vec4<f32>(9.0)));
  let y = select(0.5 * (e + e / (e + 1.0)), exp_scaled4(size, -1.0), size > vec4<f32>(9.0));
  return select(select(y, -y, x < vec4<f32>(0.0)), x, x == vec4<f32>(0.0));
}

fn hyperbolic_cosine4(x: vec4<f32>) -> vec4<f32> {
  let half = exp_scaled4(abs(x), -1.0);
  return half + 0.25 / half;
}

fn hyperbolic_tangent4(x: vec4<f32>) -> vec4<f32> {
  let e = exp_minus_one4(clamp(2.0 * x, vec4<f32>(-40.0), vec4<f32>(40.0)));
  return select(e / (e + 2.0), x, x == vec4<f32>(0.0));
}
