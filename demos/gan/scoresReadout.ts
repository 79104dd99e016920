// What the judge makes of samples: a bar for each class, how sure it is, and whether the generator has collapsed.

import { find, make, setText } from "../_shell/elements.ts";
import { collapseText, MISSING_SHARE } from "./collapse.ts";
import type { Scores } from "./judge.ts";
import type { JudgeState } from "./pageTypes.ts";

interface Bar {
  readonly item: HTMLElement;
  readonly fill: HTMLElement;
  readonly text: HTMLElement;
}

/** Bars are as high as this share, at least, where the largest is lower. */
const LEAST_TOP = 0.2;

/** The section #judgement. */
export class ScoresReadout {
  private readonly list = find("#shares", HTMLElement);
  private readonly verdict = find("#verdict", HTMLElement);
  private readonly note = find("#judge-note", HTMLElement);
  private names: readonly string[] = [];
  private bars: readonly Bar[] = [];

  /** Another run, of these classes. */
  reset(names: readonly string[], judge: JudgeState): void {
    this.names = names;
    this.list.hidden = names.length === 0;
    this.bars = names.map((name) => buildBar(name));
    this.list.replaceChildren(...this.bars.map(({ item }) => item));
    setText(this.verdict, "");
    this.showJudge(judge);
  }

  showJudge(judge: JudgeState): void {
    const text = {
      none: () => (judge.kind === "none" ? judge.reason : ""),
      learning: () =>
        judge.kind === "learning"
          ? `The judge, a LeNet-5, learns beside the networks: step ${judge.done} of ${judge.total}.`
          : "",
      ready: () =>
        judge.kind === "ready"
          ? `The judge, a LeNet-5 trained here, is right about ${percent(judge.quality.accuracy)} of real pictures that it has not seen, and ${percent(judge.quality.confidence)} sure of them.`
          : "",
    };
    setText(this.note, text[judge.kind]());
  }

  /** The scores of what is shown; undefined where it was not judged. */
  show(scores: Scores | undefined): void {
    const shares = scores?.classShares ?? [];
    const top = Math.max(LEAST_TOP, ...shares);
    for (const [index, { item, fill, text }] of this.bars.entries()) {
      const share = shares[index];
      fill.style.height = share === undefined ? "0" : `${(100 * share) / top}%`;
      item.classList.toggle("missing", share !== undefined && share < MISSING_SHARE);
      setText(text, share === undefined ? "–" : percent(share));
    }
    setText(
      this.verdict,
      scores === undefined
        ? ""
        : `${collapseText(shares, this.names)} On average the judge is ${percent(scores.confidence)} sure of what it sees.`,
    );
  }
}

function buildBar(name: string): Bar {
  const item = make("li");
  const text = make("span", "share", "–");
  const track = make("span", "track");
  const fill = make("span", "fill");
  track.append(fill);
  item.append(text, track, make("span", "class-name", name));
  return { item, fill, text };
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)}\u00a0%`;
}
