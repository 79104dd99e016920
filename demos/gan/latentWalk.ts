// A walk from one sample to another along the sphere on which latents lie: a strip of pictures, and one that moves.

import { find, setText } from "../_shell/elements.ts";
import { PAUSE_ICON, PLAY_ICON } from "../_shell/runControls.ts";
import type { LatentView, Scene } from "./explorer.ts";
import { joinLatents, sphericalWalk } from "./latentPaths.ts";
import { GAP, PictureSheet, sheetLength } from "./pictureSheet.ts";

const STEPS = 12;
const FRAME_MS = 160;

/** The panel #walk-panel. */
export class LatentWalk implements LatentView {
  private readonly strip = new PictureSheet(find("#walk-strip", HTMLCanvasElement));
  private readonly large = new PictureSheet(find("#walk-large", HTMLCanvasElement));
  private readonly mark = find("#walk-mark", HTMLElement);
  private readonly slider = find("#walk-place", HTMLInputElement);
  private readonly button = find("#walk-play", HTMLButtonElement);
  private timer: ReturnType<typeof setInterval> | undefined;
  private direction = 1;
  /** With motion reduced it moves when it is asked to. */
  private isWanted = !matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor() {
    this.slider.max = String(STEPS - 1);
    this.slider.addEventListener("input", () => {
      this.setWanted(false);
      this.showPlace();
    });
    this.button.addEventListener("click", () => this.setWanted(!this.isWanted));
    this.showButton();
  }

  draw({ picks: { A, B }, draws, size, isInk }: Scene): void {
    const labels = Array.from({ length: STEPS }, (_, index) => (index < STEPS / 2 ? A.label : B.label));
    draws.ask("walk", {
      latents: joinLatents(sphericalWalk(A.latent, B.latent, STEPS)),
      labels,
      take: (pixels) => {
        this.strip.show({ pixels, size, columns: STEPS, isInk });
        this.showPlace();
        this.run();
      },
    });
  }

  rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private setWanted(isWanted: boolean): void {
    this.isWanted = isWanted;
    this.showButton();
    this.run();
  }

  private run(): void {
    if (!this.isWanted) this.rest();
    else if (this.strip.shown !== undefined) this.timer ??= setInterval(() => this.move(), FRAME_MS);
  }

  private move(): void {
    if (document.visibilityState !== "visible") return;
    const place = Number(this.slider.value);
    if (place + this.direction < 0 || place + this.direction >= STEPS) this.direction = -this.direction;
    this.slider.value = String(place + this.direction);
    this.showPlace();
  }

  private showPlace(): void {
    const sheet = this.strip.shown;
    if (sheet === undefined) return;
    const place = Number(this.slider.value);
    const { size, pixels } = sheet;
    const area = size * size;
    this.large.show({ ...sheet, columns: 1, pixels: pixels.subarray(place * area, (place + 1) * area) });
    const { style } = this.mark;
    style.left = `${(100 * place * (size + GAP)) / sheetLength(STEPS, size)}%`;
    style.width = `${(100 * size) / sheetLength(STEPS, size)}%`;
    this.slider.setAttribute(
      "aria-valuetext",
      `${Math.round((100 * place) / (STEPS - 1))} % of the way from A to B`,
    );
  }

  private showButton(): void {
    setText(find("#walk-label", HTMLElement), this.isWanted ? "Stand still" : "Walk");
    find("#walk-icon", SVGPathElement).setAttribute("d", this.isWanted ? PAUSE_ICON : PLAY_ICON);
  }
}
