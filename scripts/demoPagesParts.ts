// What pages have in common, put in where a page names it: `<shell-part name="header" title="…"></shell-part>`.
//
// Decides: how a part is named and filled. A part is a file demos/_shell/parts/<name>.html in which `{{title}}` stands
// for the attribute `title`; attribute and part must agree, so that a page cannot forget one. Leaves to others: what
// the parts are, and where they are put in.

const WITH_ATTRIBUTES = /<shell-part((?:\s+[\w-]+="[^"]*")*)\s*>\s*<\/shell-part>/g;
const PLACEHOLDER = /\{\{([\w-]+)\}\}/g;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The parts there are, by name. */
export type Parts = ReadonlyMap<string, string>;

/** What a part is filled with, by the name of its placeholder. */
export type PartValues = Readonly<Record<string, string>>;

/**
 * Puts in the parts that `html` names. `given` fills placeholders of every part, whether they have it or not. Throws an
 * error of one line that begins with `page` where a part is unknown or its attributes are not those it has.
 */
export function insertParts(html: string, page: string, parts: Parts, given: PartValues): string {
  const inserted = html.replace(WITH_ATTRIBUTES, (_, written: string, position: number) => {
    const { name, ...values } = readAttributes(written);
    if (name === undefined) throw new Error(`${page}: a shell-part has no name; ${allowedNames(parts)}.`);
    return indented(fillPart(name, page, parts, values, given), html, position);
  });
  const left = inserted.match(/<\/?shell-part[^\n]*/)?.[0];
  if (left !== undefined)
    throw new Error(`${page}: ${left} cannot be read; <shell-part name="…" …></shell-part> is allowed.`);
  return inserted;
}

/** The part `name`, filled with `values` (each must be used) and with what it wants of `given`; all are escaped. */
export function fillPart(
  name: string,
  page: string,
  parts: Parts,
  values: PartValues,
  given: PartValues,
): string {
  const part = parts.get(name);
  if (part === undefined) throw new Error(`${page}: there is no part "${name}"; ${allowedNames(parts)}.`);
  const wanted = new Set([...part.matchAll(PLACEHOLDER)].map(([, placeholder]) => placeholder));
  const own = [...wanted].filter((placeholder) => !Object.hasOwn(given, placeholder));
  const fault = (what: string) =>
    new Error(`${page}: part "${name}" ${what}; its attributes are ${own.join(", ") || "none"}.`);
  for (const placeholder of own)
    if (!Object.hasOwn(values, placeholder)) throw fault(`lacks "${placeholder}"`);
  for (const attribute of Object.keys(values))
    if (!own.includes(attribute)) throw fault(`has no use for "${attribute}"`);
  return part
    .replace(PLACEHOLDER, (_, placeholder: string) => escapeHtml({ ...values, ...given }[placeholder]))
    .trim();
}

/** `text` as it stands in an element or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** What escaped text says. Knows the five characters that must be escaped, and numbers. */
export function unescapeHtml(html: string): string {
  return html.replace(/&(?:#(\d+)|#x([\da-f]+)|(amp|lt|gt|quot|apos));/gi, (entity, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }[String(name).toLowerCase()] ?? entity;
  });
}

function readAttributes(written: string): Record<string, string> {
  const pairs = [...written.matchAll(/([\w-]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, unescapeHtml(value)]));
}

function allowedNames(parts: Parts): string {
  return `there are ${[...parts.keys()].sort().join(", ")}`;
}

/** Sets `text` in as far as the line of `html` that it comes to. */
function indented(text: string, html: string, position: number): string {
  const line = html.slice(html.lastIndexOf("\n", position - 1) + 1, position);
  return /^ *$/.test(line) ? text.replaceAll("\n", `\n${line}`) : text;
}
