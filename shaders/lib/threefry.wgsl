// threefry4: random bits as a pure function of a key and a counter; Threefry2x32 with 20 rounds (Salmon, Moraes, Dror,
// Shaw 2011), equal bit for bit to src/base/threefry.ts, which holds the published test vectors.

fn threefry4(key0: vec4<u32>, key1: vec4<u32>, counter0: vec4<u32>, counter1: vec4<u32>) -> vec4<u32> {
  let key2 = key0 ^ key1 ^ vec4<u32>(0x1bd11bdau);
  var x = counter0 + key0;
  var y = counter1 + key1;
  threefry_even4(&x, &y);
  x += key1;
  y += key2 + vec4<u32>(1u);
  threefry_odd4(&x, &y);
  x += key2;
  y += key0 + vec4<u32>(2u);
  threefry_even4(&x, &y);
  x += key0;
  y += key1 + vec4<u32>(3u);
  threefry_odd4(&x, &y);
  x += key1;
  y += key2 + vec4<u32>(4u);
  threefry_even4(&x, &y);
  return x + key2;
}

fn threefry_round4(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>, left: u32) {
  *x += *y;
  *y = ((*y << vec4<u32>(left)) | (*y >> vec4<u32>(32u - left))) ^ *x;
}

fn threefry_even4(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>) {
  threefry_round4(x, y, 13u);
  threefry_round4(x, y, 15u);
  threefry_round4(x, y, 26u);
  threefry_round4(x, y, 6u);
}

fn threefry_odd4(x: ptr<function, vec4<u32>>, y: ptr<function, vec4<u32>>) {
  threefry_round4(x, y, 17u);
  threefry_round4(x, y, 29u);
  threefry_round4(x, y, 16u);
  threefry_round4(x, y, 24u);
}
