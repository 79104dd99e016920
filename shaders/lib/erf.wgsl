// erf4: the error function, to 3e-7 absolute. Abramowitz and Stegun, 7.1.26 is too coarse near 0, where its Taylor
// series stands instead.

fn erf4(x: vec4<f32>) -> vec4<f32> {
  let size = min(abs(x), vec4<f32>(6.0));
  let t = 1.0 / (1.0 + 0.3275911 * size);
  let tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let far = sign(x) * (1.0 - tail * exp(-size * size));
  let s = x * x;
  let near = x * (1.1283791671 + s * (-0.3761263890 + s * (0.1128379167 + s * (-0.0268661706 + s * 0.0052239776))));
  return select(far, near, size < vec4<f32>(0.5));
}
