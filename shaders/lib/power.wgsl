// power4: a to the power of b, as PyTorch has it. WGSL's pow is undefined below 0; there the result is that of |a|,
// negated for odd b, and NaN for fractional b. At 0 it is what the device's logarithm makes of it, so that is told apart.

fn power4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let size = pow(abs(a), b);
  let is_whole = floor(b) == b;
  let half = b * 0.5;
  let is_odd = is_whole & (floor(half) != half);
  let is_below_all = bitcast<vec4<u32>>(a) == vec4<u32>(0xff800000u);
  let negative = select(power_bits4(0x7fc00000u, a), select(size, -size, is_odd), is_whole | is_below_all);
  let signed = select(size, negative, a < vec4<f32>(0.0));
  let infinite = power_bits4(0x7f800000u, a);
  let of_zero = select(infinite, bitcast<vec4<f32>>(bitcast<vec4<u32>>(infinite) | bitcast<vec4<u32>>(a)), is_odd);
  let at_zero = select(vec4<f32>(0.0), of_zero, b < vec4<f32>(0.0));
  let number = select(signed, at_zero, a == vec4<f32>(0.0));
  let known = select(number, a + b, power_nan4(a) | power_nan4(b));
  let is_infinite = (bitcast<vec4<u32>>(b) & vec4<u32>(0x7fffffffu)) == vec4<u32>(0x7f800000u);
  let is_one = (b == vec4<f32>(0.0)) | (a == vec4<f32>(1.0)) | ((a == vec4<f32>(-1.0)) & is_infinite);
  return select(known, vec4<f32>(1.0), is_one);
}

fn power_nan4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

// An infinity or a NaN, which WGSL refuses as a constant: so it is made to depend on x, which is 0, or any for a NaN.
fn power_bits4(bits: u32, x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(vec4<u32>(bits) | (bitcast<vec4<u32>>(x) & vec4<u32>(1u)));
}
