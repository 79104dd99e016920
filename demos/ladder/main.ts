// The page of the ladders: stored figures, and the visitor's own when a button is pressed.

import type { LadderReport } from "../../bench/kernels/ladderReport.ts";
import { kernelNames } from "../../bench/kernels/rung.ts";
import { find, make, setText } from "../_shell/elements.ts";
import { KernelSection } from "./kernelSection.ts";
import type { FromLadderWorker, StartLadders } from "./messages.ts";
import { reportName, storedReports } from "./storedReports.ts";

/** Samples of each rung in a visitor's run. */
const reps = 5;

const runButton = find("#run", HTMLButtonElement);
const progress = find("#progress", HTMLElement);
const choice = find("#report", HTMLSelectElement);
const badge = find("#adapter", HTMLElement);

let worker: Worker | undefined;

void open().catch((error: unknown) => setText(progress, `This page cannot be shown: ${String(error)}`));

async function open(): Promise<void> {
  const [reports, sections] = await Promise.all([
    storedReports(),
    Promise.all(kernelNames.map((kernel) => KernelSection.load(kernel))),
  ]);
  find("#kernels", HTMLElement).replaceChildren(...sections.map(({ element }) => element));
  choice.replaceChildren(...reports.map((report, index) => new Option(reportName(report), String(index))));
  const showChosen = () => showStored(sections, reports[Number(choice.value)]);
  choice.addEventListener("change", showChosen);
  showChosen();
  runButton.addEventListener("click", () => (worker === undefined ? start(sections) : stop("Stopped.")));
  runButton.disabled = false;
}

function showStored(sections: readonly KernelSection[], report: LadderReport | undefined): void {
  kernelNames.forEach((kernel, index) => {
    sections[index].show(
      "stored",
      report?.ladders.find((ladder) => ladder.kernel === kernel),
    );
  });
  find("#software", HTMLElement).hidden = report?.isSoftware !== true;
}

function start(sections: readonly KernelSection[]): void {
  for (const section of sections) section.show("own", undefined);
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<FromLadderWorker>) => receive(sections, data));
  worker.addEventListener("error", ({ message }) => stop(message || "The worker did not start."));
  const order: StartLadders = { reps };
  worker.postMessage(order);
  setText(runButton, "Stop");
  setText(progress, "Asks for the GPU");
}

function stop(text: string): void {
  worker?.terminate();
  worker = undefined;
  setText(runButton, "Run on this GPU");
  setText(progress, text);
}

function receive(sections: readonly KernelSection[], message: FromLadderWorker): void {
  switch (message.kind) {
    case "adapter":
      badge.hidden = false;
      badge.title = message.name;
      badge.classList.toggle("software", message.isSoftware);
      setText(badge, message.isSoftware ? "Software GPU" : message.name);
      find("#own-legend", HTMLElement).replaceChildren(make("span", "swatch"), `Your GPU: ${message.name}`);
      find("#own-legend", HTMLElement).hidden = false;
      return;
    case "progress":
      setText(progress, `${message.kernel}: ${message.text}`);
      return;
    case "result":
      sections[kernelNames.indexOf(message.result.kernel)].show("own", message.result);
      return;
    case "done":
      stop("Measured. The second bar of each rung is your GPU's.");
      return;
    case "failed":
      stop(`It cannot run here. ${message.message.replace(/^init: /, "")}`);
  }
}
