// sine4, cosine4, tangent4: to 4 units in the last place for every f32, where WGSL's are only good to 2^-11 and near 0.
//
// x is quadrant * pi/2 + r with |r| <= pi/4; of r the sine and cosine are polynomials (minimax, 4e-9 relative). Up to 1024
// pi/2 is taken away in four parts, of which the products are exact (Cody and Waite 1980); beyond, x is multiplied by so
// much of 2/pi as it turns out to need (Payne and Hanek 1983), in whole numbers. Needs float_bits.

// The high word of a b, for a < 2^24.
fn trig_high(a: u32, b: u32) -> u32 {
  let low = a & 0xffffu;
  let mid = (a >> 16u) * (b & 0xffffu) + ((low * (b & 0xffffu)) >> 16u);
  return (a >> 16u) * (b >> 16u) + (mid >> 16u) + ((low * (b >> 16u) + (mid & 0xffffu)) >> 16u);
}

// (r, quadrant) of a finite |x| >= 1024.
fn trig_far(x: f32) -> vec2<f32> {
  var table = array<u32, 8>(
    0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu,
  );
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let mantissa = (bits & 0x7fffffu) | 0x800000u;
  // The first bit of the table that does not only count whole turns.
  let start = min((bits >> 23u) - 120u, 135u);
  let word = start >> 5u;
  let shift = start & 31u;
  let w0 = (table[word] << shift) | ((table[word + 1u] >> 1u) >> (31u - shift));
  let w1 = (table[word + 1u] << shift) | ((table[word + 2u] >> 1u) >> (31u - shift));
  let w2 = (table[word + 2u] << shift) | ((table[word + 3u] >> 1u) >> (31u - shift));
  var low = mantissa * w1 + trig_high(mantissa, w2);
  let carry = select(0u, 1u, low < mantissa * w1);
  let high = mantissa * w0 + trig_high(mantissa, w1) + carry; // quadrants, 2^-30 each
  let quadrant = (high + 0x20000000u) >> 30u;
  var rest = high - (quadrant << 30u);
  let is_below = rest >= 0x80000000u;
  if (is_below) {
    low = ~low + 1u;
    rest = ~rest + select(0u, 1u, low == 0u);
  }
  let zeros = countLeadingZeros(rest);
  let top = select((rest << (zeros & 31u)) | ((low >> 1u) >> (31u - (zeros & 31u))), low, zeros == 32u);
  let size = f32(top) * bitcast<f32>((97u - zeros) << 23u) * 1.57079633;
  let sign = select(1.0, -1.0, x < 0.0);
  return vec2<f32>(select(size, -size, is_below) * sign, f32(quadrant) * sign);
}

// r, and the quadrant.
fn trig_reduce4(x: vec4<f32>, quadrant: ptr<function, vec4<f32>>) -> vec4<f32> {
  var k = round(clamp(x, vec4<f32>(-1024.0), vec4<f32>(1024.0)) * 0.636619772);
  var r = fma(-k, vec4<f32>(1.5706787109375), x);
  r = fma(-k, vec4<f32>(0.00011761486530303955), r);
  r = fma(-k, vec4<f32>(9.920313459588215e-10), r);
  r = fma(-k, vec4<f32>(6.22337197e-14), r);
  if (any(abs(x) >= vec4<f32>(1024.0))) {
    for (var lane = 0u; lane < 4u; lane++) {
      if (abs(x[lane]) >= 1024.0) {
        let far = trig_far(x[lane]);
        r[lane] = far.x;
        k[lane] = far.y;
      }
    }
  }
  *quadrant = k;
  return r;
}

fn trig_sine4(r: vec4<f32>) -> vec4<f32> {
  let s = r * r;
  return r + r * s * (-0.16666654 + s * (0.008332131 - s * 0.00019510872));
}

fn trig_cosine4(r: vec4<f32>) -> vec4<f32> {
  let s = r * r;
  return 1.0 + s * (s * (0.041666646 + s * (-0.0013887306 + s * 2.443124e-05)) - 0.5);
}

// y, or NaN where x is infinite or NaN.
fn trig_finite4(y: vec4<f32>, x: vec4<f32>) -> vec4<f32> {
  let is_finite = (bitcast<vec4<u32>>(x) & vec4<u32>(0x7f800000u)) < vec4<u32>(0x7f800000u);
  return select(nan4(x), y, is_finite);
}

// The sine of x plus so many quadrants.
fn trig_shifted4(x: vec4<f32>, quadrants: i32) -> vec4<f32> {
  var k: vec4<f32>;
  let r = trig_reduce4(x, &k);
  let quadrant = vec4<i32>(k) + vec4<i32>(quadrants);
  let y = select(trig_sine4(r), trig_cosine4(r), (quadrant & vec4<i32>(1)) == vec4<i32>(1));
  return trig_finite4(select(y, -y, (quadrant & vec4<i32>(2)) == vec4<i32>(2)), x);
}

fn sine4(x: vec4<f32>) -> vec4<f32> {
  return select(trig_shifted4(x, 0), x, x == vec4<f32>(0.0));
}

fn cosine4(x: vec4<f32>) -> vec4<f32> {
  return trig_shifted4(x, 1);
}

fn tangent4(x: vec4<f32>) -> vec4<f32> {
  var k: vec4<f32>;
  let r = trig_reduce4(x, &k);
  let sine = trig_sine4(r);
  let cosine = trig_cosine4(r);
  let is_odd = (vec4<i32>(k) & vec4<i32>(1)) == vec4<i32>(1);
  let y = trig_finite4(select(sine, -cosine, is_odd) / select(cosine, sine, is_odd), x);
  return select(y, x, x == vec4<f32>(0.0));
}
