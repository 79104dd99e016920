// erfc4: 1 - erf x, to 8 units in the last place, also where it is small: e^(x^2) erfc(x) (1 + 2 x) is nearly 1, and a polynomial
// in (x - 2) / (x + 2) (minimax, 2e-8 relative). Needs exponential.

fn erfc4(x: vec4<f32>) -> vec4<f32> {
  let size = min(abs(x), vec4<f32>(10.1)); // beyond it is less than the least f32
  let t = (size - 2.0) / (size + 2.0);
  let q = -0.00805955 + t * (0.008632531 + t * (0.001313298 + t * (-0.0012307812 - t * 0.0004008524)));
  let p = 1.2769784 + t * (-0.092763975 + t * (-0.16603139 + t * (0.16405526 + t * (-0.054204587 + t * q))));
  // The square of the first twelve bits is exact; the rest of it is small.
  let head = bitcast<vec4<f32>>(bitcast<vec4<u32>>(size) & vec4<u32>(0xfffff000u));
  let tail = exp_scaled4(-head * head, 0.0) * exp_scaled4((head - size) * (head + size), 0.0) * p / (1.0 + 2.0 * size);
  return select(tail, 2.0 - tail, x < vec4<f32>(0.0));
}
