// The page of the GPT: its samples, its writing desk, the panels that look inside, its curves.

import { find } from "../_shell/elements.ts";
import { RunPage } from "../_shell/runPage.ts";
import type { SettingsForm } from "../_shell/settingsForm.ts";
import { showSource } from "../_shell/showSource.ts";
import { Inquiries } from "./inspect/inquiries.ts";
import { mountInspect } from "./inspect/mountInspect.ts";
import { LossReadout } from "./lossReadout.ts";
import type { GptEvent, GptTypes } from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";
import { labelsOf, settingsSpec } from "./settingsSpec.ts";
import { Timeline } from "./timeline.ts";
import twentyLinesSource from "./twentyLines.ts?raw";
import { WritingDesk } from "./writingDesk.ts";

const timeline = new Timeline();
const desk = new WritingDesk((command) => page.command(command));
const inquiries = new Inquiries((id, request) => page.command({ kind: "inspect", id, request }));
const inspector = mountInspect(find("#inspect", HTMLElement), (request) => inquiries.ask(request));
/** Whether what is shown was trained elsewhere. */
let isRecorded = false;
const form = (): SettingsForm<RunConfig> => page.settings;

const page: RunPage<GptTypes> = new RunPage<GptTypes>({
  createWorker: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  settings: settingsSpec(form),
  labelsOf,
  itemName: "tokens",
  advice: {
    smaller: "Choose a smaller batch, context or width",
    afterLoss: "The run was kept in this browser now and then.",
    retry: "Start again: it goes on from where it was kept last.",
  },
  shareNote: "It carries these settings; neither a text nor what was learned.",
  recording: new URL("./recorded.run", import.meta.url),
  onReady(report, isLive) {
    readout.reset(report);
    timeline.reset(report.history.samples);
    isRecorded = !isLive;
    const { prompts, passage } = report.own;
    desk.reset(prompts[0]);
    if (isRecorded) {
      rest();
      return;
    }
    inquiries.begin();
    inspector.setText(passage);
  },
  onPoints(points) {
    readout.add(points);
    inspector.refresh();
  },
  onSample: (sample) => timeline.complete(sample),
  onEvent: take,
  onGone: rest,
  summary: () => readout.summary(),
});
const readout = new LossReadout(page.log);

showSource("#model-code", twentyLinesSource);
page.open();

function take(event: GptEvent): void {
  switch (event.kind) {
    case "sampling":
      timeline.grow(event.sample);
      break;
    case "written":
      desk.append(event.id, event.text);
      break;
    case "writingEnded":
      desk.end(event.id, event);
      break;
    case "inspected":
      inquiries.answer(event.id, event.reply);
  }
}

/** There is nobody who could answer. */
function rest(): void {
  const reason = isRecorded ? "A recorded run has no model to ask." : "There is no model to ask.";
  desk.rest(reason);
  inspector.rest(reason);
  inquiries.refuse(reason);
}
