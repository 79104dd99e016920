// The plane as a picture: the discriminator's opinion, the bent latent grid, points of both kinds, and arrows.
//
// Decides: how each is drawn. Leaves to plane.ts what is shown, and when.

import { blueToOrange, type ColourMap } from "../_shell/colourMaps.ts";
import { context2d, styleValue } from "../_shell/elements.ts";
import { PixelPicture } from "../_shell/pixelPicture.ts";
import { FIELD_REACH } from "./distributions.ts";
import type { Verdict } from "./verdict.ts";

/** What there is to see. Points are x and y, one behind the other. */
export interface Scene {
  /** Scores [size, size], the lowest row first. */
  readonly field: Float32Array;
  readonly real: Float32Array;
  readonly fakes: Float32Array;
  /** Which way each generated point is pulled, and as how much of the largest arrow: 0 to 1. */
  readonly pulls: Float32Array;
  readonly pullGrowth: number;
  readonly grid: Float32Array;
  /** Latents are a line, not a plane. */
  readonly isLine: boolean;
  readonly verdict: Verdict;
}

export const LAYERS = ["real", "fake", "field", "grid", "pull"] as const;
export type Layer = (typeof LAYERS)[number];

const FIELD_STRENGTH = 0.62;
/** The longest arrow, in units of the plane, and the share of arrows that may be cut to it. */
const LONGEST_ARROW = 0.22;
const LONG_SHARE = 0.9;
const MOST_ARROWS = 110;
/** A square of the grid of this area is half as strong as it can be. */
const USUAL_AREA = 0.004;

/** Paints on a square canvas. */
export class PlanePainter {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private picture: PixelPicture | undefined;
  private colours: ColourMap = new Uint8ClampedArray(1024);
  private arrowScale = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = context2d(canvas);
    this.readColours();
  }

  readColours(): void {
    this.colours = blueToOrange(styleValue("--signless"));
  }

  /** Forgets how long arrows were. */
  reset(): void {
    this.arrowScale = 0;
  }

  paint(scene: Scene | undefined, layers: ReadonlySet<Layer>): void {
    const { canvas, context } = this;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (side === 0) return;
    if (canvas.width !== side || canvas.height !== side) {
      canvas.width = side;
      canvas.height = side;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, side, side);
    if (scene === undefined) return;
    if (layers.has("field")) this.paintField(scene, side);
    // From here on in units of the plane, y upwards.
    const unit = side / (2 * FIELD_REACH);
    context.setTransform(unit, 0, 0, -unit, side / 2, side / 2);
    const pixel = devicePixelRatio / unit;
    if (layers.has("grid")) this.paintGrid(scene, pixel);
    if (layers.has("real")) this.paintReal(scene.real, pixel);
    if (layers.has("pull")) this.paintPulls(scene, pixel);
    if (layers.has("fake")) this.paintFakes(scene.fakes, pixel);
  }

  private paintField({ field, verdict }: Scene, side: number): void {
    const { context } = this;
    const size = Math.sqrt(field.length);
    if (this.picture?.canvas.width !== size) this.picture = new PixelPicture(size, size);
    const { picture } = this;
    // Blue stands at the low end, and for real.
    const opinions = Float32Array.from(field, (score) => -verdict(score));
    picture.paint(opinions, this.colours, { low: -1, high: 1 });
    context.save();
    context.globalAlpha = FIELD_STRENGTH;
    context.imageSmoothingQuality = "high";
    context.translate(0, side);
    context.scale(1, -1);
    context.drawImage(picture.canvas, 0, 0, side, side);
    context.restore();
  }

  private paintGrid({ grid, isLine }: Scene, pixel: number): void {
    const { context } = this;
    const size = Math.sqrt(grid.length / 2);
    context.strokeStyle = styleValue("--ink");
    context.fillStyle = styleValue("--fake");
    context.lineJoin = "round";
    if (isLine) {
      context.globalAlpha = 0.6;
      context.lineWidth = 1.5 * pixel;
      context.beginPath();
      for (let i = 0; i < grid.length; i += 2) context.lineTo(grid[i], grid[i + 1]);
      context.stroke();
      context.globalAlpha = 1;
      return;
    }
    const corner = (row: number, column: number) => 2 * (row * size + column);
    for (let row = 0; row + 1 < size; row++) {
      for (let column = 0; column + 1 < size; column++) {
        const corners = [
          corner(row, column),
          corner(row, column + 1),
          corner(row + 1, column + 1),
          corner(row + 1, column),
        ];
        context.globalAlpha = 0.42 * (USUAL_AREA / (USUAL_AREA + areaOf(grid, corners)));
        context.beginPath();
        for (const at of corners) context.lineTo(grid[at], grid[at + 1]);
        context.fill();
      }
    }
    context.globalAlpha = 0.28;
    context.lineWidth = 0.75 * pixel;
    context.beginPath();
    for (let line = 0; line < size; line++) {
      for (let i = 0; i < size; i++) {
        const at = corner(line, i);
        if (i === 0) context.moveTo(grid[at], grid[at + 1]);
        else context.lineTo(grid[at], grid[at + 1]);
      }
      for (let i = 0; i < size; i++) {
        const at = corner(i, line);
        if (i === 0) context.moveTo(grid[at], grid[at + 1]);
        else context.lineTo(grid[at], grid[at + 1]);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  private paintReal(points: Float32Array, pixel: number): void {
    const { context } = this;
    this.setMark("--real", pixel);
    const radius = 3 * pixel;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      context.moveTo(points[i] + radius, points[i + 1]);
      context.arc(points[i], points[i + 1], radius, 0, 2 * Math.PI);
    }
    context.stroke();
    context.fill();
  }

  private paintFakes(points: Float32Array, pixel: number): void {
    const { context } = this;
    this.setMark("--fake", pixel);
    const reach = 4.2 * pixel;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i], points[i + 1]];
      context.moveTo(x, y + reach);
      context.lineTo(x + reach, y);
      context.lineTo(x, y - reach);
      context.lineTo(x - reach, y);
      context.closePath();
    }
    context.stroke();
    context.fill();
  }

  /** A fill in a colour, and a rim that sets marks off from what is below. */
  private setMark(colour: string, pixel: number): void {
    const { context } = this;
    context.fillStyle = styleValue(colour);
    context.strokeStyle = styleValue("--paper");
    context.lineWidth = 1.5 * pixel;
  }

  /** Slim triangles, the broad end at the point. */
  private paintPulls({ fakes, pulls, pullGrowth }: Scene, pixel: number): void {
    const { context } = this;
    const count = Math.min(MOST_ARROWS, pulls.length / 2);
    const lengths = Float64Array.from({ length: pulls.length / 2 }, (_, index) =>
      Math.hypot(pulls[2 * index], pulls[2 * index + 1]),
    );
    const long = Float64Array.from(lengths).sort()[Math.floor(LONG_SHARE * lengths.length)];
    if (!(long > 0)) return;
    // Slowly, so that arrows do not flicker.
    this.arrowScale = this.arrowScale === 0 ? long : 0.9 * this.arrowScale + 0.1 * long;
    context.fillStyle = styleValue("--ink");
    context.globalAlpha = 0.45;
    context.beginPath();
    for (let i = 0; i < count; i++) {
      const length = Math.min(1, lengths[i] / this.arrowScale) * LONGEST_ARROW * pullGrowth;
      if (!(length > 2 * pixel)) continue;
      const [x, y] = [fakes[2 * i], fakes[2 * i + 1]];
      const [dx, dy] = [pulls[2 * i] / lengths[i], pulls[2 * i + 1] / lengths[i]];
      const half = 1.8 * pixel;
      context.moveTo(x - half * dy, y + half * dx);
      context.lineTo(x + length * dx, y + length * dy);
      context.lineTo(x + half * dy, y - half * dx);
      context.closePath();
    }
    context.fill();
    context.globalAlpha = 1;
  }
}

/** Of a polygon (Gauss's shoelace formula). */
function areaOf(points: Float32Array, corners: readonly number[]): number {
  const doubled = corners.reduce((sum, at, index) => {
    const next = corners[(index + 1) % corners.length];
    return sum + points[at] * points[next + 1] - points[next] * points[at + 1];
  }, 0);
  return Math.abs(doubled) / 2;
}
