// Formulas: a page writes `<formula>TeX</formula>`, a reader gets MathML, which browsers set by themselves.
//
// Decides: what of KaTeX's output is taken. Only the MathML: it needs neither a style sheet nor a font, nor styles in
// the page, which the pages' policy forbids. Leaves to others: KaTeX reads the TeX.

import katex from "katex";
import { escapeHtml, unescapeHtml } from "./demoPagesParts.ts";

const FORMULA = /<formula(\s+inline)?\s*>([\s\S]*?)<\/formula>/g;

/** Letters of these kinds have places of their own in Unicode; browsers no longer map `mathvariant` to them. */
const ALPHABETS: Readonly<Record<string, { upper: number; lower: number; taken: Record<string, string> }>> = {
  bold: { upper: 0x1d400, lower: 0x1d41a, taken: {} },
  "double-struck": {
    upper: 0x1d538,
    lower: 0x1d552,
    taken: { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" },
  },
};

/**
 * Sets the formulas of `html`: on a line of their own, or `inline`. Throws an error of one line that begins with `page`
 * and has the formula in it where the TeX is wrong or comes to something that MathML alone does not show.
 */
export function setFormulas(html: string, page: string): string {
  const set = html.replace(FORMULA, (_, inline: string | undefined, written: string) =>
    setFormula(unescapeHtml(written).trim(), page, inline === undefined),
  );
  const left = set.match(/<\/?formula\b[^\n]*/)?.[0];
  if (left !== undefined)
    throw new Error(
      `${page}: ${left} cannot be read; <formula>TeX</formula> and <formula inline> are allowed.`,
    );
  return set;
}

function setFormula(tex: string, page: string, isDisplayed: boolean): string {
  const refuse = (why: string) =>
    new Error(`${page}: the formula ${tex.replace(/\s+/g, " ")} cannot be set: ${why}`);
  if (tex === "") throw refuse("it is empty.");
  const content = mathContent(tex, isDisplayed, refuse).replace(
    /<(mi|mn|mo|mtext) mathvariant="([\w-]+)">([^<]*)<\/\1>/g,
    (whole: string, tag: string, variant: string, text: string) => {
      if (variant === "normal") return whole;
      return `<${tag}>${escapeHtml(inAlphabet(unescapeHtml(text), variant, refuse))}</${tag}>`;
    },
  );
  const other = content.match(/ (style|class|href|mathcolor|mathvariant="(?!normal))[^>]*/)?.[0];
  if (other !== undefined) throw refuse(`it needs${other}, which these pages do not have.`);
  // A wide one is scrolled on a phone, by keyboard too.
  return isDisplayed
    ? `<math display="block" class="formula" tabindex="0">${content}</math>`
    : `<math>${content}</math>`;
}

/** What stands in KaTeX's `<semantics>`, without the annotation: that is the TeX once more. */
function mathContent(tex: string, isDisplayed: boolean, refuse: (why: string) => Error): string {
  let html: string;
  try {
    html = katex.renderToString(tex, {
      output: "mathml",
      displayMode: isDisplayed,
      throwOnError: true,
      strict: "error",
    });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const content = html.match(/<semantics>([\s\S]*)<annotation [\s\S]*<\/annotation><\/semantics>/)?.[1];
  if (content === undefined) throw refuse("KaTeX gives no <semantics>.");
  return (
    content
      // The bars of a norm, not the sign of parallels, around which browsers leave room.
      .replaceAll('<mo stretchy="false">∥</mo>', '<mo stretchy="false">‖</mo>')
      // A thin space between a function's name and an argument without brackets, as TeX sets it.
      .replace(/<mo>\u2061<\/mo>(?!<mo|<\/)/g, '$&<mspace width="0.1667em"/>')
  );
}

function inAlphabet(text: string, variant: string, refuse: (why: string) => Error): string {
  const alphabet = ALPHABETS[variant];
  if (alphabet === undefined || !/^[A-Za-z]+$/.test(text))
    throw refuse(`"${text}" has no ${variant} form here; letters that are bold or double-struck have one.`);
  return [...text]
    .map((letter) => {
      if (Object.hasOwn(alphabet.taken, letter)) return alphabet.taken[letter];
      const isUpper = letter < "a";
      const code = letter.charCodeAt(0) - (isUpper ? 65 : 97);
      return String.fromCodePoint((isUpper ? alphabet.upper : alphabet.lower) + code);
    })
    .join("");
}
