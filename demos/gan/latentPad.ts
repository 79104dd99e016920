// A pad whose two sides are two directions among the latents, from one picked sample towards two others: a map of what
// lies there, and a large picture of where the visitor is.

import { find } from "../_shell/elements.ts";
import type { LatentView, Scene } from "./explorer.ts";
import { atPlane, joinLatents, latentPlane, planeMap } from "./latentPaths.ts";
import { PictureSheet } from "./pictureSheet.ts";

const MAP_LINES = 7;
const KEY_STEP = 0.1;

/** The panel #pad-panel. */
export class LatentPad implements LatentView {
  private readonly pad = find("#latent-pad", HTMLElement);
  private readonly map = new PictureSheet(find("#pad-map", HTMLCanvasElement));
  private readonly large = new PictureSheet(find("#pad-large", HTMLCanvasElement));
  private readonly cross = find("#pad-cross", HTMLElement);
  /** Where the visitor is, from -1 to 1. */
  private place = { x: 0, y: 0 };
  private scene: Scene | undefined;

  constructor() {
    const { pad } = this;
    pad.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      pad.setPointerCapture(event.pointerId);
      this.follow(event);
    });
    pad.addEventListener("pointermove", (event) => {
      if (pad.hasPointerCapture(event.pointerId)) this.follow(event);
    });
    pad.addEventListener("keydown", (event) => this.onKey(event));
    this.showCross();
  }

  draw(scene: Scene): void {
    this.scene = scene;
    const { picks, draws, size, isInk } = scene;
    const latents = planeMap(planeOf(scene), MAP_LINES);
    draws.ask("map", {
      latents: joinLatents(latents),
      labels: latents.map(() => picks.A.label),
      take: (pixels) => this.map.show({ pixels, size, columns: MAP_LINES, isInk }),
    });
    this.drawPlace();
  }

  rest(): void {
    this.scene = undefined;
  }

  private drawPlace(): void {
    const { scene, place } = this;
    if (scene === undefined) return;
    const { picks, draws, size, isInk } = scene;
    draws.ask("place", {
      latents: atPlane(planeOf(scene), place),
      labels: [picks.A.label],
      take: (pixels) => this.large.show({ pixels, size, columns: 1, isInk }),
    });
  }

  private follow({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.pad.getBoundingClientRect();
    this.moveTo((2 * (clientX - left)) / width - 1, 1 - (2 * (clientY - top)) / height);
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [-KEY_STEP, 0],
      ArrowRight: [KEY_STEP, 0],
      ArrowUp: [0, KEY_STEP],
      ArrowDown: [0, -KEY_STEP],
    };
    const { x, y } = this.place;
    const move = moves[event.key];
    if (move !== undefined) this.moveTo(x + move[0], y + move[1]);
    else if (event.key === "Home") this.moveTo(0, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private moveTo(x: number, y: number): void {
    const clip = (value: number) => Math.max(-1, Math.min(1, Number(value.toFixed(3))));
    this.place = { x: clip(x), y: clip(y) };
    this.showCross();
    this.drawPlace();
  }

  private showCross(): void {
    const { x, y } = this.place;
    this.cross.style.left = `${50 + 50 * x}%`;
    this.cross.style.top = `${50 - 50 * y}%`;
    this.pad.ariaLabel = `Pad of two latent directions: ${x.toFixed(1)} towards B, ${y.toFixed(1)} towards C. Arrow keys move.`;
  }
}

/** A in the middle, B to the right, C above. */
function planeOf({ picks: { A, B, C } }: Scene) {
  return latentPlane(A.latent, B.latent, C.latent);
}
