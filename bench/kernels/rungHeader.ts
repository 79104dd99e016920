// A rung's shader as a reader has it: what its header says, and its code.

/** What every header says, in this order. */
export const headerFields = ["Changes", "Layout", "Work", "Memory", "Numerics", "Limits"] as const;
export type HeaderField = (typeof headerFields)[number];

export interface RungText {
  readonly name: string;
  readonly formula: string;
  /** In one line each. */
  readonly fields: Readonly<Record<HeaderField, string>>;
  /** Without the header. */
  readonly code: string;
}

/** Throws where the header lacks something, or has it in another order. */
export function readRung(source: string): RungText {
  const header = source.match(/^(?:\/\/.*\n)+/)?.[0] ?? "";
  const [title = "", , ...lines] = header.split("\n").map((line) => line.slice(2));
  const [, name, formula] = title.match(/^ (\w+): (.+)$/) ?? [];
  if (name === undefined) throw new Error("the header begins with no name and formula.");
  const found = new Map<string, string>();
  let field = "";
  for (const line of lines.filter((text) => text !== "")) {
    const [, named, text] = line.match(/^ ([A-Z][a-z]+) +(\S.*)$/) ?? [];
    if (named !== undefined) field = named;
    found.set(field, [found.get(field), text ?? line.trim()].filter(Boolean).join(" "));
  }
  if ([...found.keys()].join() !== headerFields.join()) {
    throw new Error(
      `${name}: the header has ${[...found.keys()].join(", ")}; it has ${headerFields.join(", ")}.`,
    );
  }
  const fields = Object.fromEntries(found) as Record<HeaderField, string>;
  return { name, formula, fields, code: source.slice(header.length).trim() };
}
