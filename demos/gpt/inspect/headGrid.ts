// The heads of all layers as small pictures, of which one is chosen.

import { viridis } from "../../_shell/colourMaps.ts";
import { context2d, make } from "../../_shell/elements.ts";
import { causalPixels, headWeights } from "./attentionRows.ts";
import type { AttentionReply } from "./inspectTypes.ts";

/** A head of a layer, both from 0. */
export interface ChosenHead {
  readonly layer: number;
  readonly head: number;
}

interface Thumbnail extends ChosenHead {
  readonly button: HTMLButtonElement;
  readonly canvas: HTMLCanvasElement;
}

/** A group of radio buttons, layer by layer; arrow keys go from one to the next. */
export class HeadGrid {
  readonly element = make("div", "inspect-heads");
  private readonly onChoose: (chosen: ChosenHead) => void;
  private readonly signal: AbortSignal;
  private thumbnails: Thumbnail[] = [];
  private layers = 0;
  private heads = 0;
  private chosen: ChosenHead = { layer: 0, head: 0 };

  constructor(onChoose: (chosen: ChosenHead) => void, signal: AbortSignal) {
    this.onChoose = onChoose;
    this.signal = signal;
    this.element.role = "radiogroup";
    this.element.ariaLabel = "Layer and head";
    this.element.addEventListener("keydown", (event) => this.obey(event), { signal });
  }

  get value(): ChosenHead {
    return this.chosen;
  }

  show(reply: AttentionReply): void {
    if (reply.layers !== this.layers || reply.heads !== this.heads) this.build(reply);
    const count = reply.tokens.length;
    for (const { canvas, layer, head } of this.thumbnails) {
      canvas.width = count;
      canvas.height = count;
      const pixels = causalPixels(headWeights(reply, layer, head), count, viridis);
      context2d(canvas).putImageData(new ImageData(pixels, count, count), 0, 0);
    }
  }

  private build({ layers, heads }: AttentionReply): void {
    this.layers = layers;
    this.heads = heads;
    this.chosen = {
      layer: Math.min(this.chosen.layer, layers - 1),
      head: Math.min(this.chosen.head, heads - 1),
    };
    this.element.style.setProperty("--heads", String(heads));
    this.thumbnails = Array.from({ length: layers * heads }, (_, index) =>
      this.makeThumbnail(Math.floor(index / heads), index % heads),
    );
    const corner = make("span", "axis");
    const columns = Array.from({ length: heads }, (_, head) => axisName(`${head + 1}`));
    const rows = this.thumbnails.flatMap(({ button, layer, head }) =>
      head === 0 ? [axisName(`${layer + 1}`), button] : [button],
    );
    this.element.replaceChildren(corner, ...columns, ...rows);
    this.mark();
  }

  private makeThumbnail(layer: number, head: number): Thumbnail {
    const button = make("button");
    button.type = "button";
    button.role = "radio";
    button.ariaLabel = `Layer ${layer + 1}, head ${head + 1}`;
    button.title = button.ariaLabel;
    const canvas = make("canvas");
    button.append(canvas);
    button.addEventListener("click", () => this.choose({ layer, head }), { signal: this.signal });
    return { button, canvas, layer, head };
  }

  private choose(chosen: ChosenHead): void {
    this.chosen = chosen;
    this.mark();
    this.onChoose(chosen);
  }

  private mark(): void {
    for (const { button, layer, head } of this.thumbnails) {
      const isChosen = layer === this.chosen.layer && head === this.chosen.head;
      button.ariaChecked = String(isChosen);
      button.tabIndex = isChosen ? 0 : -1;
    }
  }

  private obey(event: KeyboardEvent): void {
    const { layer, head } = this.chosen;
    const moves: Readonly<Record<string, ChosenHead>> = {
      ArrowLeft: { layer, head: head - 1 },
      ArrowRight: { layer, head: head + 1 },
      ArrowUp: { layer: layer - 1, head },
      ArrowDown: { layer: layer + 1, head },
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const inside = move.layer >= 0 && move.layer < this.layers && move.head >= 0 && move.head < this.heads;
    if (!inside) return;
    this.choose(move);
    this.thumbnails[move.layer * this.heads + move.head].button.focus();
  }
}

/** A number at the edge; the buttons say the same in their names. */
function axisName(text: string): HTMLElement {
  const name = make("span", "axis", text);
  name.ariaHidden = "true";
  return name;
}
