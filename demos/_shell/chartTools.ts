// The tools of all charts of a page: scale, smoothing, the runs, and the curves as a file, a picture or a table.

import { type Chart, type ChartView, DEFAULT_VIEW } from "./chart.ts";
import { paintPicture } from "./chartPicture.ts";
import { ChartRuns } from "./chartRuns.ts";
import { ChartTable, tableContent } from "./chartTable.ts";
import { make, setText } from "./elements.ts";
import type { RunLog } from "./runLog.ts";
import { saveFile } from "./saveFile.ts";

export interface ChartToolsOptions {
  readonly log: RunLog;
  readonly charts: readonly Chart[];
  /** Stands over the picture. */
  readonly title: string;
  /** What files are called, before ".csv" and ".png". */
  readonly fileName: string;
}

const TABLE_EVERY_MS = 1000;
const NO_LOGARITHM = "Logarithms need values above 0.";
let madeCount = 0;

/** Builds itself in an element near the charts. */
export class ChartTools {
  private readonly host: HTMLElement;
  private readonly options: ChartToolsOptions;
  private readonly logarithmic = makeButton("Log");
  private readonly reason = make("p", "note chart-reason", NO_LOGARITHM);
  private readonly smoothing = make("input");
  private readonly smoothingText = make("output");
  private readonly runsButton = makeButton("Runs");
  private readonly tableButton = makeButton("Table");
  private readonly runs: ChartRuns;
  private readonly tablePlace = make("div", "chart-tables");
  private readonly tables: readonly ChartTable[];
  private view: ChartView = DEFAULT_VIEW;
  private shownVersion = -1;
  private hasOpenedRuns = false;
  private isDue = false;

  constructor(host: HTMLElement, options: ChartToolsOptions) {
    this.host = host;
    this.options = options;
    this.runs = new ChartRuns(options.log, (emphasised) => this.setView({ emphasised }));
    this.tables = options.charts.map(({ options: { title, unit } }) => {
      return new ChartTable(unit === undefined ? title : `${title}, ${unit}`);
    });
    this.build();
    this.setView({});
    options.log.onChange(() => this.updateSoon());
    this.update();
    setInterval(() => this.updateTables(), TABLE_EVERY_MS);
  }

  private build(): void {
    const { host } = this;
    host.classList.add("chart-tools");
    host.role = "group";
    host.ariaLabel = "Charts";
    const csv = makeButton("CSV");
    const png = makeButton("PNG");
    csv.title = "Save the points of all runs as a file";
    png.title = "Save the charts as a picture";
    csv.addEventListener("click", () => this.saveCsv());
    png.addEventListener("click", () => void this.savePng());
    this.logarithmic.addEventListener("click", () => this.toggleLogarithmic());
    this.logarithmic.title = "Logarithmic value axis";
    this.reason.id = `chart-reason-${++madeCount}`;
    this.logarithmic.setAttribute("aria-describedby", this.reason.id);
    const buttons = make("div", "chart-buttons");
    buttons.append(this.logarithmic, this.runsButton, this.tableButton, csv, png);
    this.runs.element.hidden = true;
    this.tablePlace.hidden = true;
    this.tablePlace.append(...this.tables.map(({ element }) => element));
    joinToggle(this.runsButton, this.runs.element, `chart-runs-${madeCount}`);
    joinToggle(this.tableButton, this.tablePlace, `chart-tables-${madeCount}`);
    this.tableButton.addEventListener("click", () => this.updateTables());
    host.append(this.smoothingField(), buttons, this.reason, this.runs.element, this.tablePlace);
  }

  private smoothingField(): HTMLElement {
    const label = make("label", "chart-smoothing");
    const { smoothing } = this;
    smoothing.type = "range";
    smoothing.min = "0";
    smoothing.max = "0.99";
    smoothing.step = "0.01";
    smoothing.value = String(DEFAULT_VIEW.smoothing);
    smoothing.addEventListener("input", () => this.setView({ smoothing: Number(smoothing.value) }));
    label.append(make("span", "", "Smoothing"), smoothing, this.smoothingText);
    return label;
  }

  private setView(change: Partial<ChartView>): void {
    this.view = { ...this.view, ...change };
    for (const chart of this.options.charts) chart.setView(this.view);
    setText(this.smoothingText, this.view.smoothing.toFixed(2));
    this.logarithmic.setAttribute("aria-pressed", String(this.view.isLogarithmic));
    this.updateTables();
  }

  /** At most once a frame, as the charts. */
  private updateSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.update();
    });
  }

  private update(): void {
    const { log } = this.options;
    this.showWhetherLogarithmic();
    if (log.version === this.shownVersion) return;
    this.shownVersion = log.version;
    this.runs.update();
    setText(this.runsButton, log.runs.length > 1 ? `Runs ${log.runs.length}` : "Runs");
    // Whoever sees a second run for the first time sees what its lines are.
    if (log.runs.length > 1 && !this.hasOpenedRuns) {
      this.hasOpenedRuns = true;
      if (this.runs.element.hidden) this.runsButton.click();
    }
    this.updateTables();
  }

  private showWhetherLogarithmic(): void {
    const canBe = this.options.charts.some((chart) => chart.canBeLogarithmic);
    // A button that cannot have the focus could not say why it does nothing.
    this.logarithmic.setAttribute("aria-disabled", String(!canBe));
    this.reason.hidden = canBe;
  }

  private toggleLogarithmic(): void {
    if (this.logarithmic.getAttribute("aria-disabled") === "true") return;
    this.setView({ isLogarithmic: !this.view.isLogarithmic });
  }

  private updateTables(): void {
    if (this.tablePlace.hidden) return;
    for (const [index, { options }] of this.options.charts.entries()) {
      this.tables[index].show(tableContent(options.log, options.series, this.view.smoothing));
    }
  }

  private saveCsv(): void {
    const { log, fileName } = this.options;
    saveFile(new TextEncoder().encode(log.toCsv()), `${fileName}.csv`);
  }

  private async savePng(): Promise<void> {
    const { log, charts, title, fileName } = this.options;
    const parts = charts.flatMap((chart) => {
      const { title: name, unit = "", series } = chart.options;
      const canvas = chart.picture();
      return canvas === undefined ? [] : [{ title: name, unit, legend: series, canvas }];
    });
    if (parts.length === 0) return;
    const runs = log.runs.filter((run) => run.isVisible);
    // A run that is alone has no number in the charts either.
    const names = runs.length < 2 ? [] : runs.map((run) => `${run.id}  ${log.nameOf(run)}`);
    const picture = paintPicture(title, parts, names);
    const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve));
    if (blob !== null) saveFile(new Uint8Array(await blob.arrayBuffer()), `${fileName}.png`);
  }
}

function makeButton(text: string): HTMLButtonElement {
  const button = make("button", `plain ${text.toLowerCase()}`, text);
  button.type = "button";
  return button;
}

/** Has `button` show and hide `content`. */
function joinToggle(button: HTMLButtonElement, content: HTMLElement, id: string): void {
  content.id = id;
  button.setAttribute("aria-controls", id);
  button.setAttribute("aria-expanded", String(!content.hidden));
  button.addEventListener("click", () => {
    content.hidden = !content.hidden;
    button.setAttribute("aria-expanded", String(!content.hidden));
  });
}
