// maximum4, minimum4: as PyTorch has them, NaN where either is NaN. WGSL's max and min may hide it, and x != x may be
// taken to be false, so NaN is told by its bits.

fn either_nan4(a: vec4<f32>, b: vec4<f32>) -> vec4<bool> {
  let limit = vec4<u32>(0x7f800000u);
  let mask = vec4<u32>(0x7fffffffu);
  return ((bitcast<vec4<u32>>(a) & mask) > limit) | ((bitcast<vec4<u32>>(b) & mask) > limit);
}

fn maximum4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(max(a, b), a + b, either_nan4(a, b));
}

fn minimum4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(min(a, b), a + b, either_nan4(a, b));
}
