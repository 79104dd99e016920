// Finds runs that are written out by number, and folds them. The inverse, which pages need, is src/base/unfold.ts.

import { unfold } from "../src/base/unfold.ts";

const TOKEN = /[A-Za-z_]+|\d+|[^\w]/g;
const COMPONENTS = "xyzw";
const MOST_TOKENS = 80; // of a line that repeats
/** What a run must save beyond its marks, as it breaks up what could be packed as the copy of something else. */
const MARKS_COST = 4; // characters

/** Lines that follow each other and differ only in numbers, and in components, that grow by the same each time. */
interface Run {
  /** Tokens of one line. */
  readonly period: number;
  readonly count: number;
  readonly folded: string;
  readonly savedCharacters: number;
}

/** `text` with its runs folded. Throws where it holds a character that marks one, or would not unfold to what it was. */
export function foldText(text: string): string {
  if (/[#?']/.test(text)) throw new Error("the text holds a mark of a folded run");
  const tokens = text.match(TOKEN) ?? [];
  let folded = "";
  for (let index = 0; index < tokens.length; ) {
    const run = longestRun(tokens, index);
    folded += run === undefined ? tokens[index] : run.folded;
    index += run === undefined ? 1 : run.period * run.count;
  }
  if (unfold(folded) !== text) throw new Error("the text does not unfold to what it was");
  return folded;
}

/** The run from `start` on that saves most; undefined where none saves anything. */
function longestRun(tokens: readonly string[], start: number): Run | undefined {
  let best: Run | undefined;
  for (let period = 2; period <= MOST_TOKENS; period++) {
    const run = runOf(tokens, start, period);
    if (run !== undefined && run.savedCharacters > (best?.savedCharacters ?? 0)) best = run;
  }
  return best;
}

function runOf(tokens: readonly string[], start: number, period: number): Run | undefined {
  const steps: number[] = [];
  for (let place = start; place < start + period; place++) {
    const step = stepBetween(tokens[place], tokens[place + period]);
    if (step === undefined) return undefined;
    steps.push(step);
  }
  const line = tokens.slice(start, start + period);
  const isLineAt = (turn: number) =>
    line.every((token, place) => tokens[start + turn * period + place] === grown(token, turn, steps[place]));
  let count = 2;
  while (isLineAt(count)) count++;
  const folded = `#${count}?${line.map((token, place) => marked(token, steps[place])).join("")}?`;
  const length = tokens.slice(start, start + period * count).join("").length;
  return { period, count, folded, savedCharacters: length - folded.length - MARKS_COST };
}

/** By how much the second of two tokens is above the first: 0 where they are the same, undefined where it is no such pair. */
function stepBetween(first: string, second: string | undefined): number | undefined {
  if (first === second) return 0;
  if (second === undefined || !(/^\d/.test(first) || isComponent(first))) return undefined;
  const step = isComponent(first) ? 1 : Number(second) - Number(first);
  // Of `007` and `008` the second is not what the first grows to.
  return step > 0 && grown(first, 0, step) === first && grown(first, 1, step) === second ? step : undefined;
}

/** `token` after `turn` steps. */
function grown(token: string, turn: number, step: number): string | undefined {
  if (step === 0) return token;
  return isComponent(token) ? COMPONENTS[COMPONENTS.indexOf(token) + turn] : `${Number(token) + turn * step}`;
}

function marked(token: string, step: number): string {
  if (step === 0) return token;
  return isComponent(token) ? `'${token}` : `'${token}'${step}`;
}

function isComponent(token: string): boolean {
  return token.length === 1 && COMPONENTS.includes(token);
}
