// Labels beside points, so that none lies on another.
//
// Decides: points in their order choose the first of four sides where the label fits; a label that fits nowhere is left
// out. Leaves to others: fonts and drawing.

export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** Of the label. */
  readonly width: number;
  readonly height: number;
}

/** The top left corner of a label, relative to its point. */
export interface LabelOffset {
  readonly dx: number;
  readonly dy: number;
}

export interface LabelOptions {
  /** Of the area that labels must stay in. */
  readonly width: number;
  readonly height: number;
  /** Between a point's centre and its label; points themselves take a square of twice that. */
  readonly gap: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const CELL = 32;

/** For each point where its label goes; undefined where there is no room. */
export function placeLabels(
  points: readonly LabelledPoint[],
  { width, height, gap }: LabelOptions,
): (LabelOffset | undefined)[] {
  const taken = new BoxGrid();
  const half = gap - 1;
  for (const { x, y } of points)
    taken.add({ left: x - half, right: x + half, top: y - half, bottom: y + half });
  return points.map((point) => {
    for (const { dx, dy } of sides(point, gap)) {
      const left = point.x + dx;
      const top = point.y + dy;
      const box = { left, top, right: left + point.width, bottom: top + point.height };
      if (box.left < 0 || box.top < 0 || box.right > width || box.bottom > height) continue;
      if (taken.meets(box)) continue;
      taken.add(box);
      return { dx, dy };
    }
    return undefined;
  });
}

function sides({ width, height }: LabelledPoint, gap: number): LabelOffset[] {
  return [
    { dx: gap, dy: -height / 2 },
    { dx: -gap - width, dy: -height / 2 },
    { dx: -width / 2, dy: -gap - height },
    { dx: -width / 2, dy: gap },
  ];
}

/** Boxes, found by where they are. */
class BoxGrid {
  private readonly cells = new Map<string, Box[]>();

  add(box: Box): void {
    for (const key of keysOf(box)) {
      const cell = this.cells.get(key);
      if (cell === undefined) this.cells.set(key, [box]);
      else cell.push(box);
    }
  }

  meets(box: Box): boolean {
    return keysOf(box).some((key) => this.cells.get(key)?.some((other) => overlap(box, other)));
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function keysOf({ left, top, right, bottom }: Box): string[] {
  const keys: string[] = [];
  for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++)
    for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++)
      keys.push(`${column} ${row}`);
  return keys;
}
