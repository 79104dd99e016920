// modulo_truncated4, modulo_floored4: what division by b leaves of a, exact for all numbers: the mantissas are divided as
// whole numbers, eight bits of the exponents' distance at a time. NaN for b = 0 and for an infinite a. Needs float_bits.

// With the sign of a.
fn modulo_truncated4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let size_a = bitcast<vec4<u32>>(a) & vec4<u32>(0x7fffffffu);
  let size_b = bitcast<vec4<u32>>(b) & vec4<u32>(0x7fffffffu);
  let exponent_a = max(size_a >> vec4<u32>(23u), vec4<u32>(1u));
  let exponent_b = max(size_b >> vec4<u32>(23u), vec4<u32>(1u));
  let divisor = max(modulo_mantissa4(size_b), vec4<u32>(1u));
  var rest = modulo_mantissa4(size_a) % divisor;
  var left = exponent_a - min(exponent_a, exponent_b);
  while (any(left > vec4<u32>(0u))) {
    let step = min(left, vec4<u32>(8u));
    rest = (rest << step) % divisor;
    left -= step;
  }
  // At most 23 zeros in front, unless the rest is 0; and at most so many that the exponent stays 1.
  let shift = min(countLeadingZeros(max(rest, vec4<u32>(1u))) - vec4<u32>(8u), exponent_b - vec4<u32>(1u));
  let mantissa = rest << shift;
  let normal = ((exponent_b - shift) << vec4<u32>(23u)) | (mantissa & vec4<u32>(0x7fffffu));
  let size = select(mantissa, normal, mantissa >= vec4<u32>(0x800000u));
  let y = select(with_sign4(bitcast<vec4<f32>>(size), a), a, size_a < size_b);
  let infinity = vec4<u32>(0x7f800000u);
  return select(y, nan4(a), (size_b == vec4<u32>(0u)) | (size_a >= infinity) | (size_b > infinity));
}

// With the sign of b.
fn modulo_floored4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let rest = modulo_truncated4(a, b);
  let differs = ((bitcast<vec4<u32>>(rest) ^ bitcast<vec4<u32>>(b)) >> vec4<u32>(31u)) == vec4<u32>(1u);
  return select(rest, rest + b, differs & (rest != vec4<f32>(0.0)));
}

fn modulo_mantissa4(size: vec4<u32>) -> vec4<u32> {
  let mantissa = size & vec4<u32>(0x7fffffu);
  return select(mantissa, mantissa | vec4<u32>(0x800000u), size >= vec4<u32>(0x800000u));
}
