// What a visitor draws: dots, each the middle of a small cloud of points. As text it is short enough for a link.

/** A dot's place; the field reaches from -1 to 1 on both axes, y upwards. */
export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** Dots at most: as many as a link carries without being cut. */
export const MOST_DOTS = 240;
/** Places along an axis. */
const PLACES = 64;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The nearest dot that a drawing can have. */
export function snap({ x, y }: Dot): Dot {
  return { x: middleOf(placeOf(x)), y: middleOf(placeOf(y)) };
}

/** Two letters for each dot. */
export function encodeDots(dots: readonly Dot[]): string {
  return dots.map(({ x, y }) => LETTERS[placeOf(x)] + LETTERS[placeOf(y)]).join("");
}

/** The dots of such a text; undefined where it is none. */
export function decodeDots(text: string): Dot[] | undefined {
  if (text.length % 2 !== 0 || text.length > 2 * MOST_DOTS) return undefined;
  const places = Array.from(text, (letter) => LETTERS.indexOf(letter));
  if (places.includes(-1)) return undefined;
  return Array.from({ length: places.length / 2 }, (_, index) => ({
    x: middleOf(places[2 * index]),
    y: middleOf(places[2 * index + 1]),
  }));
}

function placeOf(value: number): number {
  return Math.max(0, Math.min(PLACES - 1, Math.floor(((value + 1) / 2) * PLACES)));
}

function middleOf(place: number): number {
  return (2 * (place + 0.5)) / PLACES - 1;
}
