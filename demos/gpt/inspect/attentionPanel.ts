// Who looks at whom: all heads small, one large, and the text with its arcs.

import { viridis } from "../../_shell/colourMaps.ts";
import { context2d, make, setText } from "../../_shell/elements.ts";
import { attendedBy, colourPlace, headWeights } from "./attentionRows.ts";
import { HeadGrid } from "./headGrid.ts";
import { type HeatCell, HeatMap } from "./heatMap.ts";
import type { AttentionReply } from "./inspectTypes.ts";
import { panelFrame, whenResized } from "./panelParts.ts";
import { percent } from "./tokenDisplay.ts";
import { TokenRow } from "./tokenRow.ts";

/** How many tokens the line of text names. */
const NAMED = 4;
/** Beside the large picture, for the small ones. */
const PICKER_WIDTH = 264;
const SCALE_MARKS = [0, 0.05, 0.25, 0.5, 1];

/** The panel. `say` tells those who cannot see what they have just chosen. */
export class AttentionPanel {
  readonly element: HTMLElement;
  private readonly frame = panelFrame("attention", "What each token looks at");
  private readonly title = make("h3");
  private readonly split = make("div", "inspect-split");
  private readonly line = make("p", "inspect-line");
  private readonly grid: HeadGrid;
  private readonly row: TokenRow;
  private readonly heat: HeatMap;
  private reply: AttentionReply | undefined;
  private weights: Float32Array<ArrayBufferLike> = new Float32Array();

  constructor(say: (text: string) => void, signal: AbortSignal) {
    this.element = this.frame.element;
    this.grid = new HeadGrid(() => {
      this.draw();
      say(`${this.headName}. ${this.sentence}`);
    }, signal);
    this.row = new TokenRow((query, byVisitor) => {
      this.heat.mark(query);
      this.tell();
      if (byVisitor) say(this.sentence);
    }, signal);
    this.heat = new HeatMap(
      (cell) => this.tell(cell),
      (query) => this.row.choose(query),
      signal,
    );
    this.heat.element.role = "region";
    this.heat.element.ariaLabel = "Weights of the head";
    const picture = make("div", "inspect-picture");
    picture.append(this.heat.element, makeScale());
    const picker = make("div", "inspect-picker");
    picker.append(
      this.title,
      this.grid.element,
      make("p", "note", "A row for each layer, a head in each column."),
    );
    this.split.append(picture, picker);
    this.frame.body.append(this.row.element, this.line, this.split);
    whenResized(this.frame.body, () => this.arrange(), signal);
    this.element.classList.add("is-empty");
  }

  show(reply: AttentionReply): void {
    this.reply = reply;
    this.element.classList.remove("is-empty");
    const { cutCount, tokens } = reply;
    this.frame.note(cutCount === 0 ? "" : `the last ${tokens.length} of ${tokens.length + cutCount} tokens`);
    this.arrange();
    this.grid.show(reply);
    this.draw();
  }

  /** Small pictures stand beside the large one where it keeps the room that it needs. */
  private arrange(): void {
    const needed = HeatMap.widthFor(this.reply?.tokens.length ?? 0) + PICKER_WIDTH;
    this.split.classList.toggle("has-room", this.frame.body.clientWidth >= needed);
  }

  private get headName(): string {
    const { layer, head } = this.grid.value;
    return `Layer ${layer + 1}, head ${head + 1}`;
  }

  /** What the asking token attends to most. */
  private get sentence(): string {
    const tokens = this.reply?.tokens ?? [];
    const { query } = this.row;
    if (query < 0) return "";
    const attended = attendedBy(this.weights, tokens.length, query).slice(0, NAMED);
    const parts = attended.map(({ index, weight }) => {
      return `${index === query ? "itself" : this.nameOf(index)} ${percent(weight)}`;
    });
    return `${this.nameOf(query)} attends most to ${parts.join(", ")}.`;
  }

  private nameOf(index: number): string {
    return `“${this.reply?.tokens[index]?.text ?? ""}” (${index + 1})`;
  }

  private draw(): void {
    if (this.reply === undefined) return;
    const { layer, head } = this.grid.value;
    this.weights = headWeights(this.reply, layer, head);
    setText(this.title, this.headName);
    this.row.show(this.reply.tokens, this.weights);
    this.heat.show(this.reply.tokens, this.weights, this.headName);
    this.heat.mark(this.row.query);
    this.tell();
  }

  private tell(cell?: HeatCell): void {
    if (cell === undefined) {
      setText(this.line, this.sentence);
      return;
    }
    const { query, key } = cell;
    const weight = this.weights[query * (this.reply?.tokens.length ?? 0) + key];
    const seen = query === key ? "itself" : this.nameOf(key);
    setText(this.line, `${this.nameOf(query)} attends to ${seen}: ${percent(weight)}.`);
  }
}

/** The colours and what they mean. */
function makeScale(): HTMLElement {
  const scale = make("div", "inspect-scale");
  const canvas = make("canvas");
  canvas.width = 256;
  canvas.height = 1;
  canvas.role = "img";
  canvas.ariaLabel = "Colours from 0 to 100 percent, by the square root";
  context2d(canvas).putImageData(new ImageData(new Uint8ClampedArray(viridis), 256, 1), 0, 0);
  const marks = make("div", "marks");
  for (const value of SCALE_MARKS) {
    const mark = make("span", "", `${100 * value}\u00a0%`);
    mark.style.left = `${100 * colourPlace(value)}%`;
    marks.append(mark);
  }
  scale.append(canvas, marks);
  return scale;
}
