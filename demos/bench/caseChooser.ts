// The form: which cases, engines and kernels, and how many samples.
//
// Decides: where there is little room, the form is folded up to begin with.

import { listedCases } from "../../bench/caseList.ts";
import { engineTitle } from "../../bench/figures/reportNumbers.ts";
import { profileNames } from "../../bench/report.ts";
import { find, make, setText } from "../_shell/elements.ts";
import { peers, versionOf } from "./peers.ts";
import { casesOfGroup, groupTexts, pageGroups, quickSet } from "./quickSet.ts";
import type { BenchOrder } from "./runBench.ts";

const narrow = matchMedia("(max-width: 1000px)");

interface GroupChoice {
  readonly boxes: readonly HTMLInputElement[];
  readonly all: HTMLInputElement;
  readonly count: HTMLElement;
}

export class CaseChooser {
  private readonly groups: readonly GroupChoice[];
  private readonly peerBoxes: readonly HTMLInputElement[];
  private readonly reps = find("#reps", HTMLInputElement);
  private readonly profile = find("#profile", HTMLSelectElement);
  private readonly onChange: () => void;

  /** `onChange`: when other cases are chosen. */
  constructor(onChange: () => void) {
    this.onChange = onChange;
    const made = pageGroups.map((group) => this.makeGroup(group));
    this.groups = made.map(({ choice }) => choice);
    find("#groups", HTMLElement).replaceChildren(...made.map(({ element }) => element));
    const labelled = peers.map(({ engine, kilobytes }) =>
      checkbox(engine, `${engineTitle(engine)} ${versionOf(engine)}, ${kilobytes} kB`),
    );
    this.peerBoxes = labelled.map(({ box }) => box);
    find("#peers", HTMLElement).replaceChildren(...labelled.map(({ label }) => label));
    const preset = (selector: string, names: readonly string[]) =>
      find(selector, HTMLButtonElement).addEventListener("click", () => this.choose(names));
    preset("#quick", quickSet);
    preset("#all", pageGroups.flatMap(casesOfGroup));
    preset("#none", []);
    find("#controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
    find("#choices", HTMLDetailsElement).open = !narrow.matches;
    this.tick(quickSet);
  }

  /** Names, in the order of the list. */
  cases(): readonly string[] {
    const chosen = new Set(
      this.groups.flatMap(({ boxes }) => boxes.filter((box) => box.checked).map((box) => box.value)),
    );
    return listedCases.filter(({ name }) => chosen.has(name)).map(({ name }) => name);
  }

  /** Undefined where a field has to be corrected first, or no case is chosen: the visitor is told. */
  order(): BenchOrder | undefined {
    if (!this.reps.reportValidity()) return undefined;
    const chosen = this.peerBoxes.filter((box) => box.checked).map((box) => box.value);
    const asked = peers.map(({ engine }) => engine).filter((engine) => chosen.includes(engine));
    return {
      cases: this.cases(),
      engines: ["ours", ...asked],
      reps: Number(this.reps.value),
      profile: profileNames.find((name) => name === this.profile.value),
    };
  }

  private choose(names: readonly string[]): void {
    this.tick(names);
    this.onChange();
  }

  private tick(names: readonly string[]): void {
    for (const { boxes } of this.groups) for (const box of boxes) box.checked = names.includes(box.value);
    this.count();
  }

  private changed(): void {
    this.count();
    this.onChange();
  }

  /** What is said of groups. */
  private count(): void {
    for (const { boxes, all, count } of this.groups) {
      const chosen = boxes.filter((box) => box.checked).length;
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
      setText(count, `${chosen} of ${boxes.length}`);
    }
  }

  private makeGroup(group: (typeof pageGroups)[number]): { element: HTMLElement; choice: GroupChoice } {
    const { title } = groupTexts[group];
    const all = checkbox(`all-${group}`, "All of these");
    const cases = casesOfGroup(group).map((name) => checkbox(name, name));
    const boxes = cases.map(({ box }) => box);
    all.box.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.box.checked;
      this.changed();
    });
    for (const box of boxes) box.addEventListener("change", () => this.changed());
    const count = make("span", "note");
    const summary = make("summary");
    summary.append(make("span", "", title), count);
    const element = make("details", "group-choice");
    const list = make("div", "choices");
    list.append(all.label, ...cases.map(({ label }) => label));
    element.append(summary, list);
    return { element, choice: { boxes, all: all.box, count } };
  }
}

function checkbox(value: string, text: string): { label: HTMLLabelElement; box: HTMLInputElement } {
  const box = make("input");
  box.type = "checkbox";
  box.value = value;
  const label = make("label");
  label.append(box, ` ${text}`);
  return { label, box };
}
