// Floats by their bits: a compiler may take it that there are no NaNs, infinities or signs of zeros, and fold them away.

fn is_nan4(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

// NaN; made to depend on x, as WGSL refuses it as a constant.
fn nan4(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(vec4<u32>(0x7fc00000u) | (bitcast<vec4<u32>>(x) & vec4<u32>(1u)));
}

// size, which has no sign, with the sign of x.
fn with_sign4(size: vec4<f32>, x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(size) | (bitcast<vec4<u32>>(x) & vec4<u32>(0x80000000u)));
}
