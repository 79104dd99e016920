// The plane: what of a run is on it just now.
//
// Decides: which layers are shown, how one look turns into the next, and what those are told who cannot see it. Leaves the
// drawing to planePainter.ts.

import { find, onSchemeChange } from "../_shell/elements.ts";
import type { Look } from "./gan2dTraining.ts";
import { fixedLatents, LOOK_SEED, latentGrid } from "./latents.ts";
import type { Gan2dReady } from "./pageTypes.ts";
import { LAYERS, type Layer, PlanePainter, type Scene } from "./planePainter.ts";
import type { RunConfig } from "./runConfig.ts";
import { verdictOf } from "./verdict.ts";

/** How strongly noise is shrunk where it is shown itself: so that most of it is on the plane. */
const NORMAL_SHRINK = 0.4;

/** Parts of a look that move by themselves. */
export type Moving = Pick<Look, "field" | "fakes" | "pulls" | "grid">;

/** Mean opinions of a look: shares, from 0 (generated) to 1 (real). */
export interface Opinions {
  readonly onReal: number;
  readonly onFake: number;
}

/** The canvas and the switches of its layers. */
export class Plane {
  private readonly canvas = find("#field", HTMLCanvasElement);
  private readonly painter = new PlanePainter(this.canvas);
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly shown = new Set<Layer>(LAYERS);
  private config: RunConfig | undefined;
  private real = new Float32Array();
  private noise: Pick<Moving, "fakes" | "grid"> | undefined;
  private scene: Scene | undefined;
  private latest: Look | undefined;
  private isDue = false;
  private animation = 0;

  constructor() {
    for (const layer of LAYERS) {
      const box = find(`#show-${layer}`, HTMLInputElement);
      box.addEventListener("change", () => {
        if (box.checked) this.shown.add(layer);
        else this.shown.delete(layer);
        this.paintSoon();
      });
    }
    new ResizeObserver(() => this.paintSoon()).observe(this.canvas);
    onSchemeChange(() => {
      this.painter.readColours();
      this.paintSoon();
    });
  }

  /** Another run. */
  reset(config: RunConfig, { real, lookSizes }: Gan2dReady): void {
    this.animation += 1;
    this.config = config;
    this.real = Float32Array.from(real);
    const shrink = config.latent === "normal" ? NORMAL_SHRINK : 1;
    const asPoints = (latents: Float32Array) => {
      if (config.latentSize === 2) return latents.map((value) => shrink * value);
      return Float32Array.from({ length: 2 * latents.length }, (_, i) =>
        i % 2 ? 0 : shrink * latents[i >> 1],
      );
    };
    this.noise = {
      fakes: asPoints(fixedLatents(config, lookSizes.points, LOOK_SEED)),
      grid: asPoints(latentGrid(config, lookSizes.grid)),
    };
    this.painter.reset();
  }

  setReal(points: Float32Array): void {
    this.real = Float32Array.from(points);
    if (this.scene !== undefined) this.scene = { ...this.scene, real: this.real };
    this.paintSoon();
  }

  /** Shows a look as it is. */
  show(look: Look): void {
    this.animation += 1;
    this.latest = look;
    this.setScene(look, 1);
  }

  /** What was looked at last. */
  get look(): Look | undefined {
    return this.latest;
  }

  get opinions(): Opinions | undefined {
    const { latest, config } = this;
    if (latest === undefined || config === undefined) return undefined;
    const verdict = verdictOf(config.loss, latest.field);
    const mean = (scores: Float32Array) =>
      scores.reduce((sum, score) => sum + (verdict(score) + 1) / 2, 0) / scores.length;
    return { onReal: mean(latest.realScores), onFake: mean(latest.fakeScores) };
  }

  /** Noise becomes points. Resolves when they are there, or at once where something else is shown meanwhile. */
  flyFromNoise(timeMs: number): Promise<void> {
    const { latest, noise } = this;
    if (latest === undefined || noise === undefined) return Promise.resolve();
    return this.animate({ ...latest, ...noise }, latest, timeMs, 0, 0);
  }

  /** Turns what is shown into `next`. */
  moveTo(next: Look, timeMs: number, pull: { from: number; to: number }): Promise<void> {
    const before = this.latest ?? next;
    this.latest = next;
    return this.animate(before, next, timeMs, pull.from, pull.to);
  }

  /** Lets the arrows grow, or shrink. */
  growPulls(timeMs: number, from: number, to: number): Promise<void> {
    const { latest } = this;
    return latest === undefined ? Promise.resolve() : this.animate(latest, latest, timeMs, from, to);
  }

  describe(text: string): void {
    this.canvas.ariaLabel = text;
  }

  private animate(from: Moving, to: Moving, timeMs: number, pullFrom: number, pullTo: number): Promise<void> {
    const own = ++this.animation;
    const startMs = performance.now();
    return new Promise((resolve) => {
      const frame = () => {
        if (own !== this.animation) return resolve();
        const share = this.calm.matches ? 1 : Math.min(1, (performance.now() - startMs) / timeMs);
        const eased = share * share * (3 - 2 * share);
        this.setScene(blend(from, to, eased), pullFrom + (pullTo - pullFrom) * eased);
        if (share < 1) requestAnimationFrame(frame);
        else resolve();
      };
      frame();
    });
  }

  private setScene(moving: Moving, pullGrowth: number): void {
    const { config, real } = this;
    if (config === undefined) return;
    const { field, fakes, pulls, grid } = moving;
    const verdict = verdictOf(config.loss, field);
    this.scene = { field, fakes, pulls, grid, real, verdict, pullGrowth, isLine: config.latentSize === 1 };
    this.paintSoon();
  }

  /** At most once a frame. */
  private paintSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.painter.paint(this.scene, this.shown);
    });
  }
}

function blend(from: Moving, to: Moving, share: number): Moving {
  const mix = (a: Float32Array, b: Float32Array) => b.map((value, i) => a[i] + (value - a[i]) * share);
  return {
    field: mix(from.field, to.field),
    fakes: mix(from.fakes, to.fakes),
    pulls: to.pulls,
    grid: mix(from.grid, to.grid),
  };
}
