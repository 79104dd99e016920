// Threefry2x32 with 20 rounds: random bits as a pure function of a key and a counter.
//
// Decides: the bits, equal to the published Random123 vectors. Leaves to others: how keys and counters are
// chosen, and how bits become numbers. After Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
// 1, 2, 3 (2011).

const keyParity = 0x1bd11bda;
// Eight rotations in turn; after every fourth round a key is added.
const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const rounds = 20;

/** 64 random bits as two uint32, from a key and a counter of two uint32 each. */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const keys = [key0, key1, keyParity ^ key0 ^ key1];
  let x = (counter0 + key0) | 0;
  let y = (counter1 + key1) | 0;
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round & 7];
    x = (x + y) | 0;
    y = ((y << rotation) | (y >>> (32 - rotation))) ^ x;
    if ((round & 3) !== 3) continue;
    const injection = (round >> 2) + 1;
    x = (x + keys[injection % 3]) | 0;
    y = (y + keys[(injection + 1) % 3] + injection) | 0;
  }
  return [x >>> 0, y >>> 0];
}
