// SHA-256 of bytes that arrive in pieces, which the platform's own digest does not take.
//
// Decides: nothing but the digest. After FIPS 180-4, whose constants are computed here from their definition: the first
// 32 bits of the fractions of the square and cube roots of the first primes.

const blockBytes = 64;
const roundCount = 64;
const stateWords = 8;
const lengthFieldBytes = 8;

const primes = firstPrimes(roundCount);
// A double has 52 bits below the point of these roots at the worst, and 32 are taken.
const roundConstants = Int32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));
const firstState = Int32Array.from(primes.slice(0, stateWords), (prime) => fractionBits(Math.sqrt(prime)));

/** The digest of everything that `update` was given so far. */
export class Sha256 {
  readonly #state = firstState.slice();
  readonly #schedule = new Int32Array(roundCount);
  /** The start of a block whose rest has not come yet. */
  readonly #pending = new Uint8Array(blockBytes);
  #sizeBytes = 0;

  update(bytes: Uint8Array): this {
    let start = 0;
    const pendingBytes = this.#sizeBytes % blockBytes;
    this.#sizeBytes += bytes.length;
    if (pendingBytes > 0) {
      start = Math.min(blockBytes - pendingBytes, bytes.length);
      this.#pending.set(bytes.subarray(0, start), pendingBytes);
      if (pendingBytes + start < blockBytes) return this;
      compress(this.#state, this.#schedule, this.#pending, 0, blockBytes);
    }
    const end = start + Math.floor((bytes.length - start) / blockBytes) * blockBytes;
    compress(this.#state, this.#schedule, bytes, start, end);
    this.#pending.set(bytes.subarray(end));
    return this;
  }

  /** The digest as 64 lower-case hexadecimal digits. More may be added afterwards. */
  hex(): string {
    const state = this.#state.slice();
    const last = this.#padded();
    compress(state, this.#schedule, last, 0, last.length);
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** The pending bytes, a one bit, zeros, and the length in bits, as whole blocks. */
  #padded(): Uint8Array {
    const pendingBytes = this.#sizeBytes % blockBytes;
    const needed = pendingBytes + 1 + lengthFieldBytes;
    const padded = new Uint8Array(needed > blockBytes ? 2 * blockBytes : blockBytes);
    padded.set(this.#pending.subarray(0, pendingBytes));
    padded[pendingBytes] = 0x80;
    new DataView(padded.buffer).setBigUint64(padded.length - lengthFieldBytes, BigInt(this.#sizeBytes) * 8n);
    return padded;
  }
}

/** Adds the blocks from `start` to `end` to `state`. `schedule` is room to work in. */
function compress(
  state: Int32Array,
  schedule: Int32Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  for (let block = start; block < end; block += blockBytes) {
    fillSchedule(schedule, bytes, block);
    addBlock(state, schedule);
  }
}

function fillSchedule(schedule: Int32Array, bytes: Uint8Array, block: number): void {
  for (let t = 0, at = block; t < 16; t++, at += 4) {
    schedule[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let t = 16; t < roundCount; t++) {
    const x = schedule[t - 15];
    const y = schedule[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[t] = (s1 + schedule[t - 7] + s0 + schedule[t - 16]) | 0;
  }
}

function addBlock(state: Int32Array, schedule: Int32Array): void {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < roundCount; t++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + roundConstants[t] + schedule[t]) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function fractionBits(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
