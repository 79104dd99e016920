// Reading flags of a command line: what all commands share. Every fault is an error of one line.

/** The values of `flags` as they are given: both `--flag value` and `--flag=value`. */
export function flagValues(args: readonly string[], flags: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(args[i]);
    if (match === null || !flags.includes(match[1])) {
      throw new Error(`the argument "${args[i]}" is unknown; --help lists the options.`);
    }
    const [, flag, attached] = match;
    const value = attached ?? args[++i];
    if (value === undefined || value === "" || (attached === undefined && value.startsWith("--"))) {
      throw new Error(`--${flag} has no value; --help lists the options.`);
    }
    if (values.has(flag)) throw new Error(`--${flag} is given twice; once is enough.`);
    values.set(flag, value);
  }
  return values;
}

export function whole(
  values: ReadonlyMap<string, string>,
  flag: string,
  fallback: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const text = values.get(flag);
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new Error(`--${flag} is "${text}"; it must be a whole number ${range}.`);
}

export function positive(values: ReadonlyMap<string, string>, flag: string, fallback: number): number {
  const text = values.get(flag);
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${flag} is "${text}"; it must be a number above 0.`);
}

/** The number from `least` to `most` of a flag. */
export function between(
  values: ReadonlyMap<string, string>,
  flag: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = values.get(flag);
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new Error(`--${flag} is "${text}"; it must be a number from ${least} to ${most}.`);
}
