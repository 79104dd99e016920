// hypot4: the square root of a a + b b, scaled by a power of 2 so that no square overflows or is lost. Needs float_bits.

fn hypot4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let large = max(abs(a), abs(b));
  let small = min(abs(a), abs(b));
  let low = select(vec4<f32>(1.0), vec4<f32>(1.2089258e24), large < vec4<f32>(1e-9)); // 2^80
  let scale = select(low, vec4<f32>(8.2718061e-25), large > vec4<f32>(1e18)); // 2^-80
  let p = large * scale;
  let q = small * scale;
  let y = select(sqrt(p * p + q * q) / scale, vec4<f32>(0.0), large == vec4<f32>(0.0));
  let either = select(y, a + b, is_nan4(a) | is_nan4(b));
  let infinity = vec4<u32>(0x7f800000u);
  let size_a = bitcast<vec4<u32>>(a) & vec4<u32>(0x7fffffffu);
  let size_b = bitcast<vec4<u32>>(b) & vec4<u32>(0x7fffffffu);
  return select(select(either, abs(b), size_b == infinity), abs(a), size_a == infinity);
}
