// Numbers as a reader sees them.

/** 61706 as "61 706". */
export function grouped(count: number): string {
  return count.toLocaleString("en").replaceAll(",", "\u202f");
}

/** Three digits or so. */
export function amount(value: number): string {
  return value >= 100 ? grouped(Math.round(value)) : value.toFixed(1);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** The whole number that `text` is, or undefined where it is none from `least` to `most`. */
export function wholeNumber(text: string | null, least: number, most: number): number | undefined {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
