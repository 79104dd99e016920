// arc_sine4, arc_cosine4, arc_tangent4, arc_tangent_two4: near 0 to 4 units in the last place, elsewhere to 5e-7; WGSL's
// own are good to 2^-11 or so. Polynomials (minimax, 2e-8 relative) on [0, 1/2] and [0, 1]. Needs float_bits.

// The arc sine of s, the square of which is z <= 1/4.
fn arc_sine_series4(s: vec4<f32>, z: vec4<f32>) -> vec4<f32> {
  let p = 0.16666754 + z * (0.07495233 + z * (0.045478344 + z * (0.02414099 + z * 0.042230546)));
  return s + s * z * p;
}

// The arc sine of |x| up to 1/2; beyond, the half of what is left of it to pi/2: sin(pi/2 - 2 a) = 1 - 2 sin(a)^2.
fn arc_sine_part4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let is_far = size > vec4<f32>(0.5);
  let z = select(size * size, 0.5 * max(1.0 - size, vec4<f32>(0.0)), is_far);
  return arc_sine_series4(select(size, sqrt(z), is_far), z);
}

fn arc_sine4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let part = arc_sine_part4(x);
  let y = with_sign4(select(part, 1.57079633 - 2.0 * part, size > vec4<f32>(0.5)), x);
  return select(y, nan4(x), size > vec4<f32>(1.0));
}

fn arc_cosine4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let part = arc_sine_part4(x);
  let near = 1.57079633 - select(part, -part, x < vec4<f32>(0.0));
  let far = select(2.0 * part, 3.14159265 - 2.0 * part, x < vec4<f32>(0.0));
  return select(select(near, far, size > vec4<f32>(0.5)), nan4(x), size > vec4<f32>(1.0));
}

fn arc_tangent_series4(t: vec4<f32>) -> vec4<f32> {
  let z = t * t;
  let low = -0.14214182 + z * (0.10678818 + z * (-0.075802855 + z * (0.0435497 + z * (-0.016578596 + z * 0.0029738876))));
  return t + t * z * (-0.33333167 + z * (0.19994134 + z * low));
}

fn arc_tangent4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let is_far = size > vec4<f32>(1.0);
  let part = arc_tangent_series4(select(size, 1.0 / size, is_far));
  return with_sign4(select(part, 1.57079633 - part, is_far), x);
}

// The angle of (x, y). Of two infinities it is that of (1, 1), of two zeros that of (1, 0); x's sign counts also at 0.
fn arc_tangent_two4(y: vec4<f32>, x: vec4<f32>) -> vec4<f32> {
  let large = max(abs(x), abs(y));
  let small = min(abs(x), abs(y));
  // Division is only sure for divisors from 2^-126 to 2^126.
  let huge = select(vec4<f32>(1.0), vec4<f32>(8.6736174e-19), large > vec4<f32>(1e18));
  let scale = select(huge, vec4<f32>(1.1529215e18), large < vec4<f32>(1e-18));
  let ratio = select((small * scale) / (large * scale), vec4<f32>(1.0), small == large);
  let part = arc_tangent_series4(select(ratio, vec4<f32>(0.0), large == vec4<f32>(0.0)));
  let steep = select(part, 1.57079633 - part, abs(y) > abs(x));
  let is_back = (bitcast<vec4<u32>>(x) & vec4<u32>(0x80000000u)) != vec4<u32>(0u);
  let angle = with_sign4(select(steep, 3.14159265 - steep, is_back), y);
  return select(angle, x + y, is_nan4(x) | is_nan4(y));
}
