// log_two4, log_one_plus4 and the inverse hyperbolic functions: to 4 units in the last place. A number is 2^k (1 + f) with f
// from -0.25 to 0.5, and log(1 + f) a polynomial (minimax, 5e-9 relative). Needs float_bits.

fn log_series4(f: vec4<f32>) -> vec4<f32> {
  let low = 0.19990861 + f * (-0.16647312 + f * (0.14478394 + f * (-0.13161194 + f * (0.104630224 - f * 0.045074806))));
  let p = 0.3333345 + f * (-0.25000095 + f * low);
  return f + f * f * (f * p - 0.5);
}

// The bits of the exponent k of x > 0, where x is 2^k (1 + f).
fn log_exponent4(x: vec4<f32>) -> vec4<i32> {
  return (bitcast<vec4<i32>>(x) - vec4<i32>(0x3f400000)) & vec4<i32>(-8388608);
}

// x 2^-k, by the bits of k.
fn log_lower4(x: vec4<f32>, k: vec4<i32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<i32>>(x) - k);
}

fn log_two4(x: vec4<f32>) -> vec4<f32> {
  let bits = bitcast<vec4<u32>>(x);
  let size = bits & vec4<u32>(0x7fffffffu);
  // Of numbers so small that a device may take them for 0 the bits are the number, in units of 2^-149.
  let is_small = size < vec4<u32>(0x800000u);
  let normal = select(x, vec4<f32>(size), is_small);
  let k = log_exponent4(normal);
  let power = vec4<f32>(k) * 1.1920929e-07 - select(vec4<f32>(0.0), vec4<f32>(149.0), is_small);
  let y = power + log_series4(log_lower4(normal, k) - 1.0) * 1.44269504;
  let number = select(select(y, x, size == vec4<u32>(0x7f800000u)), nan4(x), bits > size);
  // Of 0 the bits of -infinity.
  return select(number, bitcast<vec4<f32>>(size | vec4<u32>(0xff800000u)), size == vec4<u32>(0u));
}

// log(1 + x). f is x 2^-k + (2^-k - 1): no difference of x and 1 + x that a compiler could fold.
fn log_one_plus4(x: vec4<f32>) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-0.99999994), vec4<f32>(3.4028234e38));
  let k = log_exponent4(1.0 + near);
  let lower = bitcast<vec4<f32>>(vec4<i32>(0x40800000) - k); // 4 2^-k
  let f = log_lower4(near, k) + fma(lower, vec4<f32>(0.25), vec4<f32>(-1.0));
  let y = log_series4(f) + vec4<f32>(k) * 8.2629582e-08; // ln 2 / 2^23
  // Of -1 the bits of -infinity.
  let at_pole = bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) + vec4<u32>(0x40000000u));
  let number = select(select(y, x, x > near), nan4(x), x < vec4<f32>(-1.0));
  return select(select(number, at_pole, x == vec4<f32>(-1.0)), x, x == vec4<f32>(0.0));
}

fn inverse_hyperbolic_sine4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let near = min(size, vec4<f32>(1e9));
  let square = near * near;
  let is_far = size > near;
  let y = log_one_plus4(select(near + square / (1.0 + sqrt(1.0 + square)), size, is_far));
  return with_sign4(select(y, y + 0.69314718, is_far), x);
}

fn inverse_hyperbolic_cosine4(x: vec4<f32>) -> vec4<f32> {
  let beyond = clamp(x, vec4<f32>(1.0), vec4<f32>(1e9)) - 1.0;
  let is_far = x > vec4<f32>(1e9);
  let y = log_one_plus4(select(beyond + sqrt(beyond * (beyond + 2.0)), x, is_far));
  return select(select(y, y + 0.69314718, is_far), nan4(x), x < vec4<f32>(1.0));
}

fn inverse_hyperbolic_tangent4(x: vec4<f32>) -> vec4<f32> {
  let size = abs(x);
  let near = min(size, vec4<f32>(0.99999994));
  let y = with_sign4(0.5 * log_one_plus4(2.0 * near / (1.0 - near)), x);
  let at_pole = bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) + vec4<u32>(0x40000000u)); // infinity of the sign of x
  return select(select(y, at_pole, size == vec4<f32>(1.0)), nan4(x), size > vec4<f32>(1.0));
}
