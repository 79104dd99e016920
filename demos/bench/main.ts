// The page of the benchmark: stored results, and beside them the visitor's own once the button is pressed.

import { listedCases } from "../../bench/caseList.ts";
import type { Results } from "../../bench/figures/results.ts";
import { find, setText } from "../_shell/elements.ts";
import { saveFile } from "../_shell/saveFile.ts";
import { TroublePanel } from "../_shell/troublePanel.ts";
import { browserName } from "./browserName.ts";
import { CaseChooser } from "./caseChooser.ts";
import { Comparison, knownLosses } from "./comparison.ts";
import { factsTable } from "./factsTable.ts";
import { groupSection } from "./groupTable.ts";
import type { FoundAdapter } from "./messages.ts";
import { OwnResults, ownFile, ownText } from "./ownResults.ts";
import { casesOfGroup, pageGroups } from "./quickSet.ts";
import { type BenchOrder, type BenchProgress, NoGpuError, runBench } from "./runBench.ts";
import { resultsName, storedResults } from "./storedResults.ts";

const runButton = find("#run", HTMLButtonElement);
const copyButton = find("#copy", HTMLButtonElement);
const saveButton = find("#save", HTMLButtonElement);
const progressText = find("#progress", HTMLElement);
const doingText = find("#doing", HTMLElement);
const leftOutText = find("#left-out", HTMLElement);
const doneBar = find("#done", HTMLProgressElement);
const report = find("#report", HTMLSelectElement);
const ownDetails = find("#text", HTMLDetailsElement);

const own = new OwnResults();
const chooser = new CaseChooser(() => show());
const trouble = new TroublePanel(
  {
    smaller: "Choose smaller cases",
    afterLoss: "What was measured before is still there.",
    retry: "Run once more.",
  },
  () => void run(),
);

let stored: readonly Results[] = [];
let measuring: string | undefined;
let running: AbortController | undefined;

void open();

async function open(): Promise<void> {
  find("#coarse", HTMLElement).hidden = crossOriginIsolated;
  runButton.addEventListener("click", () => void (running === undefined ? run() : running.abort()));
  copyButton.addEventListener("click", () => void copy());
  saveButton.addEventListener("click", save);
  report.addEventListener("change", show);
  runButton.disabled = false;
  try {
    stored = await storedResults();
  } catch (error) {
    setText(progressText, `The stored results cannot be read: ${String(error)}`);
  }
  report.replaceChildren(...stored.map((results, index) => new Option(resultsName(results), String(index))));
  show();
}

function show(): void {
  const chosen = stored[Number(report.value)];
  const { results } = own;
  const comparison = new Comparison(chosen, results);
  const names = shownCases(results);
  find("#facts", HTMLElement).replaceChildren(factsTable(chosen, results, comparison, names));
  find("#software", HTMLElement).hidden = chosen?.scale !== "software";
  const sections = pageGroups.flatMap((group) => {
    const inGroup = casesOfGroup(group).filter((name) => names.includes(name));
    return inGroup.length === 0 ? [] : [groupSection(group, inGroup, comparison, measuring)];
  });
  find("#sections", HTMLElement).replaceChildren(...sections);
  copyButton.disabled = results === undefined;
  saveButton.disabled = results === undefined;
  ownDetails.hidden = results === undefined;
  if (results !== undefined) setText(find("#text pre", HTMLElement), ownText(results));
}

/** What is chosen, and what was measured. */
function shownCases(results: Results | undefined): readonly string[] {
  const names = new Set([...chooser.cases(), ...(results?.cases ?? []).map((row) => row.case)]);
  return listedCases.filter(({ name }) => names.has(name)).map(({ name }) => name);
}

async function run(): Promise<void> {
  const order = chooser.order();
  if (order === undefined) return;
  if (order.cases.length === 0) {
    setText(progressText, "No case is chosen; choose one or more.");
    return;
  }
  trouble.hide();
  running = new AbortController();
  setText(runButton, "Stop");
  setText(progressText, "Asks for the GPU");
  try {
    const browser = await browserName();
    await runBench(order, eventsOf(order, browser), running.signal);
    setText(progressText, "Measured. Your own times stand below the stored ones.");
  } catch (error) {
    if (running.signal.aborted) setText(progressText, "Stopped. What was measured stays.");
    else tellTrouble(error);
  } finally {
    running = undefined;
    measuring = undefined;
    doneBar.hidden = true;
    setText(doingText, "");
    setText(runButton, "Run on this GPU");
    show();
  }
}

function eventsOf(order: BenchOrder, browser: string): Parameters<typeof runBench>[1] {
  return {
    onAdapter(adapter) {
      showAdapter(adapter);
      const scale = adapter.isSoftware ? "software" : "hardware";
      const date = new Date().toISOString();
      const profile = order.profile ?? "automatic";
      own.begin({ adapter: `${scale} ${adapter.name}`, browser, date, scale, profile });
    },
    onProgress: showProgress,
    onRows(rows) {
      own.add(rows);
      show();
    },
    knownLosses: (name, scale) => knownLosses(stored, name, scale),
  };
}

function showAdapter({ name, isSoftware }: FoundAdapter): void {
  const badge = find("#adapter", HTMLElement);
  badge.hidden = false;
  badge.title = name;
  badge.classList.toggle("software", isSoftware);
  setText(badge, isSoftware ? "Software GPU" : name);
}

function showProgress({ case: name, done, total, doing, leftOut }: BenchProgress): void {
  setText(
    progressText,
    `Case ${Math.min(done + 1, total)} of ${total}${name === undefined ? "" : `: ${name}`}`,
  );
  setText(doingText, doing);
  setText(leftOutText, leftOut.length === 0 ? "" : `Too large for a software GPU: ${leftOut.join(", ")}.`);
  doneBar.hidden = false;
  doneBar.max = total;
  doneBar.value = done;
  if (name === measuring) return;
  measuring = name;
  show();
}

function tellTrouble(error: unknown): void {
  setText(progressText, "It cannot run here.");
  const message = error instanceof Error ? error.message : String(error);
  trouble.show(error instanceof NoGpuError ? error.reason : "other", message);
}

async function copy(): Promise<void> {
  const { results } = own;
  if (results === undefined) return;
  try {
    await navigator.clipboard.writeText(ownText(results));
    setText(progressText, "Your results are copied.");
  } catch {
    ownDetails.open = true;
    setText(progressText, "The browser lets nobody copy; your results stand as text below.");
  }
}

function save(): void {
  const { results } = own;
  if (results === undefined) return;
  const { bytes, name } = ownFile(results);
  saveFile(bytes, name);
}
