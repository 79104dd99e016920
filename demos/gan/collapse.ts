// What the judge's shares mean, in words: whether all classes are drawn, or the generator has collapsed to a few.

/** A class below this share is missing. */
export const MISSING_SHARE = 0.02;
/** One below this is hardly there. */
const RARE_SHARE = 0.04;

/** A sentence or two about the shares of the classes that `names` names. */
export function collapseText(shares: readonly number[], names: readonly string[]): string {
  const having = (isMeant: (share: number) => boolean) =>
    names.filter((_, index) => isMeant(shares[index] ?? 0));
  const absent = having((share) => share === 0);
  const hardly = having((share) => share > 0 && share < MISSING_SHARE);
  const rare = having((share) => share >= MISSING_SHARE && share < RARE_SHARE);
  const missing = absent.length + hardly.length;
  if (missing === 0) {
    const all = names.length === 2 ? "Both classes are" : `All ${names.length} classes are`;
    return rare.length === 0 ? `${all} drawn.` : `${all} drawn, ${listed(rare)} rarely.`;
  }
  const parts = [
    ...(absent.length > 0 ? [`no ${listed(absent, "or")}`] : []),
    ...(hardly.length > 0 ? [`hardly any ${listed(hardly, "or")}`] : []),
  ];
  const [first, ...rest] = parts.join(" and ");
  const text = `${first.toUpperCase()}${rest.join("")}`;
  const drawn = names.filter((_, index) => (shares[index] ?? 0) >= MISSING_SHARE);
  const what = drawn.length === 1 ? `${drawn[0]} alone` : `${drawn.length} of ${names.length} classes`;
  return `${text}: mode collapse, the generator draws ${what}.`;
}

/** The share of the rarest of the first `count` classes. */
export function rarestShare(shares: readonly number[], count: number): number {
  return Math.min(...shares.slice(0, count));
}

function listed(names: readonly string[], last = "and"): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} ${last} ${names[names.length - 1]}`;
}
