// The list of the runs that charts show: which are seen, what they are called, which stay.

import { make, setText } from "./elements.ts";
import type { Run, RunId, RunLog } from "./runLog.ts";

interface Row {
  readonly element: HTMLLIElement;
  readonly visible: HTMLInputElement;
  readonly name: HTMLInputElement;
  readonly note: HTMLElement;
  readonly keep: HTMLButtonElement;
  readonly remove: HTMLButtonElement;
}

/** Shows the runs of a log, the current one first. Rows stay in place, so that the focus does. */
export class ChartRuns {
  readonly element = make("ul", "chart-runs");
  private readonly log: RunLog;
  private readonly onEmphasis: (id: RunId | undefined) => void;
  private readonly rows = new Map<RunId, Row>();

  /** `onEmphasis` gets the run that the pointer or the focus is at. */
  constructor(log: RunLog, onEmphasis: (id: RunId | undefined) => void) {
    this.log = log;
    this.onEmphasis = onEmphasis;
    this.element.ariaLabel = "Runs";
  }

  update(): void {
    const { log } = this;
    const runs = log.runs.toReversed();
    for (const [id, { element }] of this.rows) {
      if (runs.some((run) => run.id === id)) continue;
      element.remove();
      this.rows.delete(id);
    }
    for (const [place, run] of runs.entries()) {
      const row = this.rows.get(run.id) ?? this.addRow(run.id);
      if (this.element.children[place] !== row.element) {
        this.element.insertBefore(row.element, this.element.children[place] ?? null);
      }
      this.showRun(row, run);
    }
  }

  private showRun({ visible, name, note, keep, remove }: Row, run: Run): void {
    const isCurrent = run === this.log.current;
    const shown = this.log.nameOf(run);
    visible.checked = run.isVisible;
    name.placeholder = shown;
    name.title = shown;
    if (document.activeElement !== name) name.value = run.ownName;
    setText(note, isCurrent ? "now" : "");
    keep.setAttribute("aria-pressed", String(run.isPinned));
    remove.disabled = isCurrent;
  }

  private addRow(id: RunId): Row {
    const row: Row = {
      element: make("li"),
      visible: make("input"),
      name: make("input"),
      note: make("span", "note"),
      keep: make("button", "plain", "Keep"),
      remove: make("button", "plain", "×"),
    };
    const { element, visible, name, note, keep, remove } = row;
    const label = make("label");
    visible.type = "checkbox";
    visible.ariaLabel = `Show run ${id}`;
    label.append(visible, make("span", "chart-number", String(id)));
    name.ariaLabel = `Name of run ${id}`;
    name.autocomplete = "off";
    for (const button of [keep, remove]) button.type = "button";
    keep.ariaLabel = `Keep run ${id}`;
    keep.title = "Keep it when there are more than six";
    remove.ariaLabel = `Remove run ${id}`;
    element.append(label, name, note, keep, remove);
    this.listen(id, row);
    this.rows.set(id, row);
    return row;
  }

  private listen(id: RunId, { element, visible, name, keep, remove }: Row): void {
    const { log } = this;
    visible.addEventListener("change", () => log.setVisible(id, visible.checked));
    name.addEventListener("change", () => log.rename(id, name.value));
    name.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") name.blur();
    });
    keep.addEventListener("click", () => log.setPinned(id, keep.getAttribute("aria-pressed") !== "true"));
    remove.addEventListener("click", () => {
      this.onEmphasis(undefined);
      log.remove(id);
      this.element.querySelector("input")?.focus();
    });
    for (const event of ["pointerenter", "focusin"])
      element.addEventListener(event, () => this.onEmphasis(id));
    for (const event of ["pointerleave", "focusout"]) {
      element.addEventListener(event, () => this.onEmphasis(undefined));
    }
  }
}
