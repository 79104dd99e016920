// Which of several ways is the fastest, judged by a noisy clock within a bounded time.
//
// Decides: how often each is run, and that one must win clearly to replace the first. Leaves to others: running and
// timing them.

/** Runs the way of that index `repeats` times on end and gives the milliseconds that all took together. */
export type TimeRuns = (index: number, repeats: number) => Promise<number>;

/** A candidate must need less than this share of the default's time. */
const CLEAR_WIN = 1 / 1.05;
/** What needs more than so many times the best time at first sight is not looked at again. */
const HOPELESS = 1.5;
const MOST_REPEATS = 4096;
const ROUNDS = 5;
const FEWEST_ROUNDS = 3;
/** Measured time after which the fewest rounds do, and after which nothing is decided. */
const ENOUGH_MS = 200;
const MOST_MS = 2000;
/** One run of a default that takes longer is left alone: a candidate that is much slower still would block the page. */
const LONGEST_RUN_MS = 100;

/**
 * The index of the fastest of `count` ways; 0, the default, unless another one is clearly faster. Each measurement takes
 * about `spanMs`, over which the clock's steps do not count. Rounds alternate, so that what slows the device down for a
 * while slows all of them down.
 */
export async function pickFastest(count: number, spanMs: number, time: TimeRuns): Promise<number> {
  let spentMs = 0;
  const eachMs = async (index: number, repeats: number) => {
    const timeMs = await time(index, repeats);
    spentMs += timeMs;
    return timeMs / repeats;
  };
  await eachMs(0, 1); // the first run is slower than all others
  let repeats = 1;
  let usualMs = await eachMs(0, 1);
  if (usualMs > LONGEST_RUN_MS) return 0;
  while (usualMs * repeats < spanMs / 2 && repeats < MOST_REPEATS) {
    const wanted = usualMs === 0 ? MOST_REPEATS : Math.ceil(spanMs / usualMs);
    repeats = Math.min(wanted, 8 * repeats, MOST_REPEATS);
    usualMs = await eachMs(0, repeats);
  }
  const firstMs = [usualMs];
  for (let index = 1; index < count; index++) {
    await eachMs(index, 1);
    firstMs.push(await eachMs(index, Math.ceil(repeats / 4)));
  }
  const limitMs = HOPELESS * Math.min(...firstMs);
  const running = firstMs.flatMap((ms, index) => (index === 0 || ms <= limitMs ? [index] : []));
  if (running.length === 1) return 0;
  const samples = new Map(running.map((index): [number, number[]] => [index, []]));
  for (let round = 0; round < ROUNDS; round++) {
    if (spentMs > ENOUGH_MS && round >= FEWEST_ROUNDS) break;
    // Each begins a round in turn, so that what comes back at regular times does not always meet the same one.
    const first = round % running.length;
    for (const index of [...running.slice(first), ...running.slice(0, first)]) {
      samples.get(index)?.push(await eachMs(index, repeats));
    }
    if (spentMs > MOST_MS) return 0;
  }
  const medians = [...samples].map(([index, times]) => ({ index, ms: median(times) }));
  const best = medians.reduce((a, b) => (b.ms < a.ms ? b : a));
  return best.ms < CLEAR_WIN * medians[0].ms ? best.index : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
