// Text that is markup, and text that is not: what is put into a template is escaped unless a template made it.

/** Made by `markup` alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | undefined | readonly Part[];

/** Lists stand one item behind the other; undefined is nothing. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(pieces.reduce((text, piece, index) => text + textOf(parts[index - 1]) + piece));
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function textOf(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  return typeof part === "string" || typeof part === "number"
    ? escaped(String(part))
    : part.map(textOf).join("");
}
