// The large sheet of samples, the real pictures beside it, and the picks that a visitor makes among them.
//
// Decides: how large pictures are, which sample is under the pointer or the cursor, and where picks are marked. Leaves
// to others what is done with picks.

import { find, make, setText } from "../_shell/elements.ts";
import { REAL_SHOWN, SHEET } from "./pageTypes.ts";
import { GAP, PictureSheet, type Sheet, sheetLength } from "./pictureSheet.ts";

export const PICK_NAMES = ["A", "B", "C"] as const;
export type PickName = (typeof PICK_NAMES)[number];

const SAMPLES = SHEET.columns * SHEET.rows;
/** Columns of real pictures, beside the samples or below them. */
const REAL_COLUMNS = { beside: 2, below: SHEET.columns };
/** From this width of the stage on real pictures stand beside the samples. */
const WIDE = 560;
const BETWEEN = 24;
/** Pixels that are all alike are worth so much room, as a share of all. */
const LEAST_SHARE_WHOLE = 0.75;

/** Calls `onPick` when a sample is picked. */
export class SampleGrid {
  private readonly box = find("#sheets", HTMLElement);
  private readonly host = find("#sample-sheet", HTMLElement);
  private readonly sheet = new PictureSheet(find("#samples", HTMLCanvasElement));
  private readonly real = new PictureSheet(find("#real", HTMLCanvasElement));
  private readonly marks = find("#marks", HTMLElement);
  private readonly cursorMark = make("span", "mark cursor");
  private readonly spoken = find("#cursor-text", HTMLElement);
  private readonly onPick: (index: number) => void;
  private readonly pickMarks = new Map<PickName, HTMLElement>();
  private cursor = 0;
  private realPixels: Sheet | undefined;
  private labelOf: (index: number) => string = () => "";
  private canPick = false;

  constructor(onPick: (index: number) => void) {
    this.onPick = onPick;
    const { host } = this;
    host.addEventListener("click", (event) => {
      const index = this.indexAt(event);
      if (index !== undefined) this.pick(index);
    });
    host.addEventListener("keydown", (event) => this.onKey(event));
    for (const change of ["focus", "blur"]) host.addEventListener(change, () => this.showCursor());
    for (const name of PICK_NAMES) {
      const mark = make("span", "mark pick", name);
      mark.hidden = true;
      this.pickMarks.set(name, mark);
    }
    this.marks.append(...this.pickMarks.values(), this.cursorMark);
    this.cursorMark.hidden = true;
    new ResizeObserver(() => this.fit()).observe(this.box);
  }

  /** Another run, with these real pictures. `labelOf` says what a sample is to show. */
  reset(real: Sheet, labelOf: (index: number) => string, canPick: boolean): void {
    this.realPixels = real;
    this.labelOf = labelOf;
    this.canPick = canPick;
    this.sheet.clear();
    this.fit();
  }

  show(sheet: Sheet, description: string): void {
    this.sheet.show(sheet);
    this.host.ariaLabel = this.canPick ? `${description} Arrow keys move, Enter picks.` : description;
    this.fit();
  }

  /** Marks which sample each pick is; those that are not given are not marked. */
  mark(picks: Readonly<Partial<Record<PickName, number>>>): void {
    for (const [name, mark] of this.pickMarks) {
      const index = picks[name];
      mark.hidden = index === undefined;
      if (index !== undefined) this.place(mark, index);
    }
  }

  private pick(index: number): void {
    this.cursor = index;
    this.showCursor();
    if (this.canPick) this.onPick(index);
  }

  private onKey(event: KeyboardEvent): void {
    const { columns } = SHEET;
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      const next = this.cursor + move;
      if (next >= 0 && next < SAMPLES) this.cursor = next;
      this.showCursor();
    } else if (event.key === "Enter") this.pick(this.cursor);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private showCursor(): void {
    const { cursor, cursorMark } = this;
    // Who points sees where.
    cursorMark.hidden = !this.host.matches(":focus-visible");
    this.place(cursorMark, cursor);
    if (cursorMark.hidden) return;
    const place = `Row ${1 + Math.floor(cursor / SHEET.columns)}, column ${1 + (cursor % SHEET.columns)}`;
    const label = this.labelOf(cursor);
    setText(this.spoken, label === "" ? place : `${place}: ${label}`);
  }

  /** Puts a mark over a sample, in shares of the sheet, which has one gap less than pictures. */
  private place(mark: HTMLElement, index: number): void {
    const size = this.sheet.shown?.size ?? 28;
    const share = (count: number, whole: number) =>
      `${(100 * count * (size + GAP)) / sheetLength(whole, size)}%`;
    const { style } = mark;
    style.left = share(index % SHEET.columns, SHEET.columns);
    style.top = share(Math.floor(index / SHEET.columns), SHEET.rows);
    style.width = `${(100 * size) / sheetLength(SHEET.columns, size)}%`;
    style.height = `${(100 * size) / sheetLength(SHEET.rows, size)}%`;
  }

  private indexAt({ clientX, clientY }: MouseEvent): number | undefined {
    const { left, top, width, height } = this.sheet.canvas.getBoundingClientRect();
    const column = Math.floor((SHEET.columns * (clientX - left)) / width);
    const row = Math.floor((SHEET.rows * (clientY - top)) / height);
    const isInside = column >= 0 && column < SHEET.columns && row >= 0 && row < SHEET.rows;
    return isInside ? row * SHEET.columns + column : undefined;
  }

  /** Makes all pictures as large as there is room, each of their pixels as many of the screen's if that is not too few. */
  private fit(): void {
    const { realPixels, box } = this;
    if (realPixels === undefined || box.clientWidth === 0) return;
    const { size } = realPixels;
    const isWide = box.clientWidth >= WIDE;
    const columns = isWide ? REAL_COLUMNS.beside : REAL_COLUMNS.below;
    const shown = isWide ? 2 * SHEET.rows : REAL_SHOWN;
    const pixels = realPixels.pixels.subarray(0, shown * size * size);
    if (this.real.shown?.columns !== columns || this.real.shown.pixels.buffer !== pixels.buffer) {
      this.real.show({ ...realPixels, pixels, columns });
    }
    const own = sheetLength(SHEET.columns, size);
    const room = isWide
      ? (box.clientWidth - BETWEEN) / (own + sheetLength(columns, size))
      : box.clientWidth / own;
    const whole = Math.floor(room * devicePixelRatio) / devicePixelRatio;
    const scale = whole >= LEAST_SHARE_WHOLE * room ? whole : room;
    this.sheet.enlarge(scale);
    this.real.enlarge(scale);
    box.style.setProperty("--sheet-width", `${own * scale}px`);
  }
}
