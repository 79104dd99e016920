// Lists of names in messages: short and harmless, however many there are and wherever they come from.

const longestList = 10;
const longestName = 80;

/** The first ten of `names` and how many more there are: `a, b, c and 2 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, longestList).join(", ");
  const more = names.length - longestList;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A name without line breaks and other control characters, cut where it is long. */
export function printName(name: string): string {
  const short = name.length > longestName ? `${name.slice(0, longestName)}…` : name;
  return JSON.stringify(short).slice(1, -1);
}
