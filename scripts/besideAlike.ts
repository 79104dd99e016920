// An order in which texts stand near those that are most like them, because packers look back 32 kB and no further.
//
// A text's phrases are its runs of a few tokens. The next text is the one that has most phrases in common with the last
// few, the more so the nearer; it begins with the longest text.

const TOKEN = /\w+|\W/g;
const PHRASE_TOKENS = 6;
/** How much less each text further back counts, and how many are looked at. */
const FADING = 0.85;
const LOOK_BACK = 2;

/** The places of `texts` in that order. */
export function besideAlike(texts: readonly string[]): number[] {
  const phrases = texts.map(phrasesOf);
  const left = new Set(texts.keys());
  const order: number[] = [];
  const likeness = (place: number) =>
    order
      .slice(-LOOK_BACK)
      .reverse()
      .reduce((sum, near, back) => sum + FADING ** back * inCommon(phrases[near], phrases[place]), 0);
  while (left.size > 0) {
    const next = order.length === 0 ? largest(left, (place) => texts[place].length) : largest(left, likeness);
    order.push(next);
    left.delete(next);
  }
  return order;
}

function phrasesOf(text: string): ReadonlySet<string> {
  const tokens = text.match(TOKEN) ?? [];
  const starts = tokens.slice(PHRASE_TOKENS - 1);
  return new Set(starts.map((_, start) => tokens.slice(start, start + PHRASE_TOKENS).join("")));
}

function inCommon(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0;
  for (const phrase of a) if (b.has(phrase)) count++;
  return count;
}

/** The first of those for which `measure` is largest. */
function largest(places: ReadonlySet<number>, measure: (place: number) => number): number {
  let best: { place: number; value: number } | undefined;
  for (const place of places) {
    const value = measure(place);
    if (best === undefined || value > best.value) best = { place, value };
  }
  if (best === undefined) throw new Error("there is nothing to choose from");
  return best.place;
}
