// Arithmetic of latents: A without what B has, and with what C has.

import { find } from "../_shell/elements.ts";
import type { LatentView, Scene } from "./explorer.ts";
import { joinLatents, latentSum } from "./latentPaths.ts";
import { PictureSheet } from "./pictureSheet.ts";

const PLACES = ["a", "b", "c", "result"] as const;

/** The panel #sums-panel. */
export class LatentSums implements LatentView {
  private readonly sheets = PLACES.map((place) => new PictureSheet(find(`#sum-${place}`, HTMLCanvasElement)));

  draw({ picks: { A, B, C }, draws, size, isInk }: Scene): void {
    const sum = latentSum(A.latent, B.latent, C.latent);
    draws.ask("sums", {
      latents: joinLatents([A.latent, B.latent, C.latent, sum]),
      labels: [A.label, B.label, C.label, A.label],
      take: (pixels) => {
        const area = size * size;
        for (const [index, sheet] of this.sheets.entries()) {
          sheet.show({ pixels: pixels.subarray(index * area, (index + 1) * area), size, columns: 1, isInk });
        }
      },
    });
  }

  rest(): void {}
}
