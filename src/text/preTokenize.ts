// The pieces into which text is cut before byte pairs are merged, as GPT-2 cuts it: no token reaches across two.
//
// Decides: the very pieces of GPT-2's published pattern
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// where \s is Unicode's White_Space, as in the engines it was written for (JavaScript's \s differs in U+0085 and
// U+FEFF). It is a scanner of its own because a regular expression overflows its stack in a long row of emoji.
// Leaves to others: what becomes of the pieces. Half of a surrogate pair counts as neither letter, number nor space.

const contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

const letter = 1;
const digit = 2;
const space = 3;
const other = 4;

const classes = new Uint8Array(0x10000); // of the code points below, as they are met; 0: not yet

/** Cuts `text` into pieces, none of which is empty; in a row they are `text`. */
export function* preTokenize(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start);
    yield text.slice(start, end);
    start = end;
  }
}

function pieceEnd(text: string, start: number): number {
  if (text[start] === "'") {
    const contraction = contractions.find((ending) => text.startsWith(ending, start));
    if (contraction !== undefined) return start + contraction.length;
  }
  // One space belongs to the word after it.
  const hasSpace = text[start] === " " && start + 1 < text.length && classAt(text, start + 1) !== space;
  const first = hasSpace ? start + 1 : start;
  const end = runEnd(text, first, classAt(text, first));
  if (classAt(text, first) !== space || end === text.length || end - first === 1) return end;
  return end - 1; // the last space of several is left to the word after them
}

/** Where the row of code points of class `kind` ends that starts at `at`. */
function runEnd(text: string, at: number, kind: number): number {
  while (at < text.length && classAt(text, at) === kind) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

function classAt(text: string, at: number): number {
  const codePoint = text.codePointAt(at) ?? 0;
  if (codePoint > 0xffff) return classOf(String.fromCodePoint(codePoint));
  if (classes[codePoint] === 0) classes[codePoint] = classOf(String.fromCodePoint(codePoint));
  return classes[codePoint];
}

function classOf(character: string): number {
  if (/^\p{L}$/u.test(character)) return letter;
  if (/^\p{N}$/u.test(character)) return digit;
  return /^\p{White_Space}$/u.test(character) ? space : other;
}
