// The page: starts the worker, hands its reports to the parts of the page, and tells it what the visitor wants.
//
// Decides: when a run begins and from where, what happens when it cannot go on, and when a recorded run is shown. Leaves
// to the page its stage, its text and its worker.

import type { FailureReason, TroubleAdvice } from "./deviceTrouble.ts";
import { find, setText } from "./elements.ts";
import { takeFiles } from "./fileDrop.ts";
import type {
  CurvePoints,
  FromWorker,
  PageTypes,
  ReadyReport,
  RunReport,
  RunStart,
  ToWorker,
} from "./messages.ts";
import { Notice } from "./notice.ts";
import { Replay } from "./replay.ts";
import { RunControls } from "./runControls.ts";
import { RunFacts } from "./runFacts.ts";
import { RunLog } from "./runLog.ts";
import { saveFile } from "./saveFile.ts";
import { SettingsForm, type SettingsSpec } from "./settingsForm.ts";
import { TroublePanel } from "./troublePanel.ts";

const ANNOUNCE_EVERY_MS = 5000;

/** What a page adds to the shell. */
export interface RunPageSpec<P extends PageTypes> {
  /** `new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })`: the bundler has to see these words. */
  createWorker(): Worker;
  readonly settings: SettingsSpec<P["Config"]>;
  /** Settings as runs are told apart by, in words: { seed: "2" }. */
  labelsOf(config: P["Config"]): Readonly<Record<string, string>>;
  /** What a step learns from: "digits". */
  readonly itemName: string;
  readonly advice: TroubleAdvice;
  /** What is said of a link that was copied. */
  readonly shareNote: string;
  /** The address of a recorded run. */
  readonly recording: string | URL;
  /** Another run is shown. `isLive` is whether it is one of this computer's. */
  onReady(report: ReadyReport<P>, isLive: boolean): void;
  /** New points of curves, which the log has already. */
  onPoints?(points: CurvePoints): void;
  onSample?(sample: P["Sample"]): void;
  onEvent?(event: P["Event"]): void;
  /** There is no run that could be asked for something. */
  onGone?(): void;
  /** Where training stands, in a sentence for those who cannot see it; empty where there is nothing to say. */
  summary(): string;
  /** Where true, the page makes the steps itself, in its own time. */
  readonly ownPace?: {
    isChosen(): boolean;
    run(isWanted: boolean): void;
    step(): void;
  };
}

/** Reports of a recorded run have this number. */
const RECORDED = -1;

/** Everything on a page that is not the page's own. */
export class RunPage<P extends PageTypes> {
  readonly log = new RunLog();
  readonly settings: SettingsForm<P["Config"]>;
  private readonly spec: RunPageSpec<P>;
  private readonly notice = new Notice();
  private readonly facts: RunFacts;
  private readonly controls: RunControls;
  private readonly trouble: TroublePanel;
  private readonly replay: Replay;
  private readonly saveButton = find("#save", HTMLButtonElement);
  private worker: Worker | undefined;
  /** Reports of earlier runs are not shown. */
  private run = 0;
  /** The run that is shown: it goes on where a later one is refused. */
  private shownRun = 0;
  private isReady = false;

  constructor(spec: RunPageSpec<P>) {
    this.spec = spec;
    this.facts = new RunFacts(spec.itemName);
    this.settings = new SettingsForm(spec.settings, {
      onRestart: () => this.restart("beginning"),
      onLive: (change) => this.post({ kind: "live", change }),
      onLink: () => this.begin("saved", { isNewLink: true }),
    });
    this.controls = new RunControls({
      onRun: () => this.runOrRest(),
      onStep: () => this.stepOnce(),
      onReset: () => this.restart("beginning"),
    });
    this.trouble = new TroublePanel(spec.advice, () => this.begin("saved"));
    this.replay = new Replay(spec.recording, (message) => this.receiveRecorded(message));
    this.saveButton.addEventListener("click", () => this.post({ kind: "save" }));
    find("#share", HTMLButtonElement).addEventListener("click", () => void this.notice.share(spec.shareNote));
    takeFiles(document.documentElement, find("#files", HTMLInputElement), (files) => {
      if (files.length === 0) {
        this.notice.tell("The folder is empty; drop one with files in it.");
        return;
      }
      this.notice.tell(`Reading ${files.length === 1 ? files[0].name : `${files.length} files`} …`);
      this.post({ kind: "files", files });
    });
    setInterval(() => this.announce(), ANNOUNCE_EVERY_MS);
  }

  /** Begins: with the run that the address means. To be called once the page's parts are there. */
  open(): void {
    this.begin("saved", { isNewLink: true });
    void this.replay.show("While the GPU gets ready, a recorded run.");
  }

  get isRunning(): boolean {
    return this.isReady && this.controls.isWantedNow;
  }

  /** Asks the run for something. */
  command(command: P["Command"]): void {
    this.post({ kind: "command", command });
  }

  /** One step of a kind, while training rests. */
  step(turn?: P["Turn"]): void {
    if (!this.spec.ownPace?.isChosen()) this.pause();
    this.post({ kind: "step", turn });
  }

  pause(): void {
    this.controls.setWanted(false);
  }

  /** Tells the worker, or the page where it makes the steps itself, whether training shall run. */
  runOrRest(): void {
    const { isWantedNow } = this.controls;
    const { ownPace } = this.spec;
    const isOwn = ownPace?.isChosen() ?? false;
    this.post({ kind: isWantedNow && !isOwn ? "play" : "pause" });
    ownPace?.run(isWantedNow && isOwn && this.isReady);
  }

  /** Says something over the page. */
  tell(text: string): void {
    this.notice.tell(text);
  }

  /** Starts with a worker, a new one but for a new link in the address. */
  private begin(from: RunStart, { isNewLink = false } = {}): void {
    const fault = isNewLink ? this.settings.readAddress() : "";
    this.settings.showWanted();
    if (!isNewLink || this.worker === undefined) this.startWorker();
    this.restart(from);
    this.notice.tell(fault);
  }

  private startWorker(): void {
    this.worker?.terminate();
    this.worker = this.spec.createWorker();
    this.worker.addEventListener("message", ({ data }: MessageEvent<FromWorker<P>>) => this.receive(data));
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.fail("other", event.message || "The worker could not be loaded.");
    });
    this.trouble.hide();
    this.controls.setEnabled(true);
  }

  private restart(from: RunStart): void {
    this.run += 1;
    this.notice.tell("");
    const { ownPace } = this.spec;
    ownPace?.run(false);
    const isRunning = this.controls.isWantedNow && !(ownPace?.isChosen() ?? false);
    this.post({ kind: "start", run: this.run, config: this.settings.wanted, from, isRunning });
  }

  private stepOnce(): void {
    const { ownPace } = this.spec;
    if (ownPace?.isChosen()) ownPace.step();
    else this.post({ kind: "step" });
  }

  private post(message: ToWorker<P>): void {
    this.worker?.postMessage(message);
  }

  private receive(message: FromWorker<P>): void {
    if ("run" in message) {
      if (message.kind === "ready") this.shownRun = message.run;
      const isOfLoading = message.kind === "loading" && message.run === this.run;
      if (message.run === this.shownRun || isOfLoading) this.receiveOfRun(message, true);
      return;
    }
    switch (message.kind) {
      case "filesRead":
        this.settings.choose(message.change);
        this.restart(message.from);
        break;
      case "refused":
        this.facts.endLoading();
        if (message.config !== undefined) this.settings.showRun(message.config);
        this.notice.tell(message.message);
        break;
      case "saved":
        saveFile(message.bytes, message.name);
        break;
      case "failed":
        this.fail(message.reason, message.message);
    }
  }

  /** Shows a message of a recorded run, as long as there is none of this computer's. */
  private receiveRecorded(message: unknown): void {
    if (this.isReady) return;
    this.shownRun = RECORDED;
    this.receiveOfRun(message as RunReport<P>, false);
  }

  private receiveOfRun(message: RunReport<P>, isLive: boolean): void {
    const { facts, notice, spec } = this;
    switch (message.kind) {
      case "loading":
        facts.showLoading(message.text, message.done, message.total);
        break;
      case "ready":
        this.showReady(message, isLive);
        break;
      case "progress":
        facts.showProgress(message);
        for (const [name, points] of Object.entries(message.points)) this.log.add(name, points);
        spec.onPoints?.(message.points);
        break;
      case "sample":
        spec.onSample?.(message.sample);
        break;
      case "event":
        spec.onEvent?.(message.event);
        break;
      case "kept":
        facts.showKept(message.step, message.fault);
        break;
      case "broken":
        this.pause();
        notice.tell(
          `At step ${message.step} numbers were no longer finite, first in ${message.where}. Training stopped and went ` +
            `back to step ${message.backTo}. A lower learning rate may help.`,
        );
    }
  }

  private showReady(report: ReadyReport<P>, isLive: boolean): void {
    if (isLive) {
      this.replay.hide();
      this.setReady(true);
      // They may have been moved meanwhile.
      const change = this.settings.live;
      this.settings.showRun({ ...report.config, ...change });
      if (Object.keys(change).length > 0) this.post({ kind: "live", change });
    } else if (this.worker === undefined) this.settings.showControls(report.config);
    this.facts.showReady(report);
    this.forgetRecorded();
    this.log.begin(isLive ? this.spec.labelsOf(report.config) : { run: "recorded" }, report.history.curves);
    this.spec.onReady(report, isLive);
    this.spec.onPoints?.(report.history.curves);
    if (!isLive) return;
    if (report.notice !== "") this.notice.tell(report.notice, { passing: report.step > 0 });
    if (this.spec.ownPace?.isChosen()) this.runOrRest();
  }

  /** Recorded runs are compared with nothing. */
  private forgetRecorded(): void {
    for (const run of [...this.log.runs]) {
      if (run.settings.run === "recorded") this.log.remove(run.id);
    }
  }

  private setReady(ready: boolean): void {
    this.isReady = ready;
    this.saveButton.disabled = !ready;
    this.controls.setReady(ready);
    if (!ready) this.spec.onGone?.();
  }

  /** Nothing goes on: says why, and what can be done; below it a recorded run. */
  private fail(reason: FailureReason, message: string): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.spec.ownPace?.run(false);
    const wasReady = this.isReady;
    this.setReady(false);
    this.facts.endLoading();
    this.controls.setEnabled(false);
    this.trouble.show(reason, message);
    // What a run has come to stays to be seen when the GPU goes away.
    if (!wasReady) void this.replay.show("This is a recorded run.");
  }

  private announce(): void {
    if (this.isRunning) setText(find("#announcements", HTMLElement), this.spec.summary());
  }
}
