// binaryCrossEntropy4: (t - 1) log(1 - p) - t log p for a probability p and a target t, each logarithm at least -100;
// NaN where p is no probability. Near 0, log(1 - p) is its series, -p (1 + p/2 + p²/3 + p³/4), good to 2^-26 below 1/128.

fn binaryCrossEntropy4(p: vec4<f32>, t: vec4<f32>) -> vec4<f32> {
  let series = -p * (1.0 + p * (0.5 + p * (0.33333334 + p * 0.25)));
  let far = select(log(1.0 - p), vec4<f32>(-100.0), p >= vec4<f32>(1.0));
  let no = max(select(far, series, p < vec4<f32>(0.0078125)), vec4<f32>(-100.0));
  let yes = max(select(log(p), vec4<f32>(-100.0), p <= vec4<f32>(0.0)), vec4<f32>(-100.0));
  let loss = (t - 1.0) * no - t * yes;
  // By bits: all that is below 0 or NaN is above 1 as a whole number, but for -0.
  let bits = bitcast<vec4<u32>>(p);
  let is_outside = (bits > vec4<u32>(0x3f800000u)) & (bits != vec4<u32>(0x80000000u));
  return bitcast<vec4<f32>>(select(bitcast<vec4<u32>>(loss), vec4<u32>(0x7fc00000u), is_outside));
}
