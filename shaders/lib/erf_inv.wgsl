// erf_inv4: the inverse of the error function, to 3e-7 relative in f32. Giles, "Approximating the erfinv function" (2010).

fn erf_inv4(x: vec4<f32>) -> vec4<f32> {
  let w = -log((1.0 - x) * (1.0 + x));
  let c = w - 2.5;
  var p = vec4<f32>(2.81022636e-08);
  p = 3.43273939e-07 + p * c;
  p = -3.5233877e-06 + p * c;
  p = -4.39150654e-06 + p * c;
  p = 0.00021858087 + p * c;
  p = -0.00125372503 + p * c;
  p = -0.00417768164 + p * c;
  p = 0.246640727 + p * c;
  p = 1.50140941 + p * c;
  let t = sqrt(w) - 3.0;
  var q = vec4<f32>(-0.000200214257);
  q = 0.000100950558 + q * t;
  q = 0.00134934322 + q * t;
  q = -0.00367342844 + q * t;
  q = 0.00573950773 + q * t;
  q = -0.0076224613 + q * t;
  q = 0.00943887047 + q * t;
  q = 1.00167406 + q * t;
  q = 2.83297682 + q * t;
  let y = x * select(q, p, w < vec4<f32>(5.0));
  // Beyond 1 there is none. By bits, since a device need not see that a logarithm of less than 0 is NaN.
  let is_outside = (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x3f800000u);
  return bitcast<vec4<f32>>(select(bitcast<vec4<u32>>(y), vec4<u32>(0x7fc00000u), is_outside));
}
