// power4: a to the power of b for any sign of a. WGSL's pow is undefined below 0; there the result is that of |a|,
// negated for odd b, and NaN for fractional b.

fn power4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let size = pow(abs(a), b);
  let is_whole = floor(b) == b;
  let half = b * 0.5;
  let is_odd = is_whole & (floor(half) != half);
  let not_a_number = bitcast<vec4<f32>>(vec4<u32>(0x7fc00000u) | (bitcast<vec4<u32>>(a) & vec4<u32>(1u)));
  let negative = select(not_a_number, select(size, -size, is_odd), is_whole);
  return select(select(size, negative, a < vec4<f32>(0.0)), vec4<f32>(1.0), b == vec4<f32>(0.0));
}
