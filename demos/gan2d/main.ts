// The page of the 2-D GAN: its plane, its slow motion, its curves.

import { find } from "../_shell/elements.ts";
import { RunPage } from "../_shell/runPage.ts";
import type { SettingsForm } from "../_shell/settingsForm.ts";
import { showSource } from "../_shell/showSource.ts";
import type { Turn } from "./gan2dTraining.ts";
import { Measures } from "./measuresReadout.ts";
import type { Gan2dTypes } from "./pageTypes.ts";
import { Plane } from "./plane.ts";
import type { RunConfig } from "./runConfig.ts";
import { labelsOf, settingsSpec } from "./settings.ts";
import { SlowMotion } from "./slowMotion.ts";
import twentyLinesSource from "./twentyLines.ts?raw";

const slowBox = find("#slow", HTMLInputElement);
const turnButtons: readonly (readonly [Turn, HTMLButtonElement])[] = [
  ["discriminator", find("#turn-discriminator", HTMLButtonElement)],
  ["generator", find("#turn-generator", HTMLButtonElement)],
];

const plane = new Plane();
const slow = new SlowMotion(plane, { onTurn: (turn, counts) => page.step({ turn, counts }) });
const form = (): SettingsForm<RunConfig> => page.settings;

const page: RunPage<Gan2dTypes> = new RunPage<Gan2dTypes>({
  createWorker: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  settings: settingsSpec(form),
  labelsOf,
  itemName: "points",
  advice: {
    smaller: "Choose a smaller batch or smaller networks",
    afterLoss: "The run was kept in this browser now and then.",
    retry: "Start again: it goes on from where it was kept last.",
  },
  shareNote: "It carries these settings and what is drawn, not what was learned.",
  recording: new URL("./recorded.run", import.meta.url),
  onReady({ config, own }, isLive) {
    slow.stop();
    plane.reset(config, own);
    measures.reset(own);
    for (const [, button] of turnButtons) button.disabled = !isLive;
  },
  onPoints: (points) => measures.add(points),
  onEvent(event) {
    if (event.kind === "real") {
      plane.setReal(event.points);
      return;
    }
    if (!slow.take(event.look)) plane.show(event.look);
    sayOpinions();
  },
  onGone() {
    slow.stop();
    for (const [, button] of turnButtons) button.disabled = true;
  },
  summary: () => measures.summary(),
  ownPace: {
    isChosen: () => slowBox.checked,
    run(isWanted) {
      if (isWanted) slow.start();
      else slow.stop();
    },
    step: () => slow.start({ once: true }),
  },
});
const measures = new Measures(page.log);

slowBox.addEventListener("change", () => page.runOrRest());
for (const [turn, button] of turnButtons) {
  button.addEventListener("click", () => {
    page.pause();
    slow.stop();
    page.step({ turn, counts: true });
  });
}
showSource("#model-code", twentyLinesSource);
page.open();

/** Says what the discriminator thinks, below its diagram and to those who cannot see the plane. */
function sayOpinions(): void {
  const { opinions } = plane;
  if (opinions === undefined) return;
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const text = `On average the discriminator takes a real point for real by ${percent(opinions.onReal)}, a generated one by ${percent(opinions.onFake)}. When it cannot tell them apart both come near 50 %.`;
  slow.say(text);
  plane.describe(`Real and generated points. ${text}`);
}
