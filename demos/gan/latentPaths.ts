// Latents that are made of others: walks, sums, and the plane of a pad. Plain numbers, no GPU.
//
// Latents of many numbers lie near a sphere. A straight line between two of them runs through its inside, where the
// generator has seen none; along the sphere all are as likely. After White, "Sampling generative networks" (2016).

export type Latent = Float32Array;

/** `count` latents from `a` to `b`, both among them, evenly along an arc; along a line where they point the same way. */
export function sphericalWalk(a: Latent, b: Latent, count: number): Latent[] {
  return Array.from({ length: count }, (_, index) =>
    sphericalMean(a, b, count < 2 ? 0 : index / (count - 1)),
  );
}

/** The latent at `share` of the arc from `a` to `b`. */
export function sphericalMean(a: Latent, b: Latent, share: number): Latent {
  const cosine = dot(a, b) / (norm(a) * norm(b));
  const angle = Math.acos(Math.max(-1, Math.min(1, Number.isFinite(cosine) ? cosine : 1)));
  const sine = Math.sin(angle);
  if (sine < 1e-4) return a.map((value, i) => value + share * (b[i] - value));
  const [ofA, ofB] = [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine];
  return a.map((value, i) => ofA * value + ofB * b[i]);
}

/** a - b + c, brought back to the length that latents have: the mean of theirs. */
export function latentSum(a: Latent, b: Latent, c: Latent): Latent {
  const sum = a.map((value, i) => value - b[i] + c[i]);
  return withLength(sum, (norm(a) + norm(b) + norm(c)) / 3);
}

/** Two directions from a latent, at right angles to it and to each other. */
export interface LatentPlane {
  readonly centre: Latent;
  readonly x: Latent;
  readonly y: Latent;
}

/** The plane through `centre` on which `x` lies on one side, and `y` above as nearly as a right angle allows. */
export function latentPlane(centre: Latent, x: Latent, y: Latent): LatentPlane {
  const right = unit(without(x, [centre]));
  return { centre, x: right, y: unit(without(y, [centre, right])) };
}

/** The latent at a place of the plane, a quarter turn from its centre at a distance of 1. All are as long as the centre. */
export function atPlane({ centre, x, y }: LatentPlane, place: { x: number; y: number }): Latent {
  const distance = Math.hypot(place.x, place.y);
  if (distance === 0) return centre;
  const angle = (Math.PI / 2) * distance;
  const [along, across] = [Math.cos(angle), (Math.sin(angle) * norm(centre)) / distance];
  return centre.map((value, i) => along * value + across * (place.x * x[i] + place.y * y[i]));
}

/** `lines` x `lines` latents of the plane, row by row from its top left, from -1 to 1. */
export function planeMap(plane: LatentPlane, lines: number): Latent[] {
  const at = (index: number) => (2 * index) / (lines - 1) - 1;
  return Array.from({ length: lines * lines }, (_, index) =>
    atPlane(plane, { x: at(index % lines), y: -at(Math.floor(index / lines)) }),
  );
}

/** Latents one behind the other: [count, latentSize]. */
export function joinLatents(latents: readonly Latent[]): Float32Array {
  const [{ length }] = latents;
  const joined = new Float32Array(latents.length * length);
  latents.forEach((latent, index) => {
    joined.set(latent, index * length);
  });
  return joined;
}

function dot(a: Latent, b: Latent): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function norm(a: Latent): number {
  return Math.sqrt(dot(a, a));
}

/** What is left of `a` beside what points as `others` do. */
function without(a: Latent, others: readonly Latent[]): Latent {
  return others.reduce((rest, other) => {
    const share = dot(rest, other) / Math.max(1e-12, dot(other, other));
    return rest.map((value, i) => value - share * other[i]);
  }, a);
}

function unit(a: Latent): Latent {
  return withLength(a, 1);
}

/** `a` as long as `length`; where it is next to nothing, as it is. */
function withLength(a: Latent, length: number): Latent {
  const own = norm(a);
  return own < 1e-6 ? a : a.map((value) => (value * length) / own);
}
