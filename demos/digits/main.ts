// The page of LeNet-5: its drawing surface, what the network sees, its curves.

import lenet5Source from "../../src/models/lenet5.ts?raw";
import { find } from "../_shell/elements.ts";
import { RunPage } from "../_shell/runPage.ts";
import { saveFile } from "../_shell/saveFile.ts";
import { showSource } from "../_shell/showSource.ts";
import type { DigitsTypes } from "./pageTypes.ts";
import { Readout } from "./readout.ts";
import { completeConfig, LIVE_SETTINGS, labelsOf, linkOf, PRESETS, presetOf, readLink } from "./runConfig.ts";
import { Stage } from "./stage.ts";
import trainingStepSource from "./trainingStep.ts?raw";

const weightsButton = find("#download", HTMLButtonElement);
let picture: Uint8Array | undefined;

const stage = new Stage((pixels) => {
  picture = pixels;
  page.command({ kind: "look", pixels });
});

const page: RunPage<DigitsTypes> = new RunPage<DigitsTypes>({
  createWorker: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  settings: {
    fields: ["seed", "batchSize", "trainCount", "learningRate", "source"],
    live: LIVE_SETTINGS,
    presets: [{ id: "preset", choices: PRESETS, nameOf: presetOf }],
    complete: (wanted) => completeConfig(wanted, false),
    linkOf,
    readLink,
  },
  labelsOf,
  itemName: "digits",
  advice: {
    smaller: "Choose a smaller batch or fewer digits",
    afterLoss: "The run was kept in this browser now and then.",
    retry: "Start again: it goes on from where it was kept last.",
  },
  shareNote: "It carries these settings, not what was learned.",
  recording: new URL("./recorded.run", import.meta.url),
  onReady({ config, own }, isLive) {
    readout.reset(config);
    stage.showExamples(own.examples);
    weightsButton.disabled = !isLive;
    if (isLive) page.command({ kind: "look", pixels: picture });
  },
  onPoints: (points) => readout.add(points),
  onEvent(event) {
    if (event.kind === "activations") stage.showActivations(event);
    else if (event.kind === "predictions") stage.showPredictions(event.predictions);
    else saveFile(event.bytes, `lenet5-step-${event.step}.safetensors`);
  },
  onGone() {
    weightsButton.disabled = true;
  },
  summary() {
    const { answer } = stage;
    if (answer === undefined) return readout.summary();
    const percent = (100 * answer.probability).toFixed(0);
    return `${readout.summary()} The picture is taken for a ${answer.digit}, ${percent} percent.`;
  },
});
const readout = new Readout(page.log);

weightsButton.addEventListener("click", () => page.command({ kind: "weights" }));
showSource("#model-code", lenet5Source);
showSource("#step-code", trainingStepSource);
page.open();
