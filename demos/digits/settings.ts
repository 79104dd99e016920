// The settings: what the visitor chose, in the controls and in the address.
//
// Decides: which choices need a new start, and what a share link carries (settings, never weights). Leaves out what the
// visitor did not choose, so that the worker can suit it to the adapter.

import { chooseOption, find, setText } from "../shared/elements.ts";
import { takeFiles } from "../shared/fileDrop.ts";
import { wholeNumber } from "../shared/numbers.ts";
import type { RunConfig, WantedConfig } from "./protocol.ts";

export interface SettingsListener {
  /** A run must begin anew. */
  onRestart(): void;
  onLearningRate(value: number): void;
  onFiles(files: readonly File[]): void;
}

const LARGEST_SEED = 2 ** 32 - 1;

/** The settings form and the seed box. */
export class Settings {
  private readonly seed = find("#seed", HTMLInputElement);
  private readonly rate = find("#rate", HTMLInputElement);
  private readonly batch = find("#batch", HTMLSelectElement);
  private readonly count = find("#count", HTMLSelectElement);
  private readonly mnist = find("#source-mnist", HTMLInputElement);
  private readonly chosen: { batchSize?: number; trainCount?: number } = {};
  private readonly listener: SettingsListener;

  constructor(listener: SettingsListener) {
    this.listener = listener;
    this.readAddress();
    this.showRate();
    this.rate.addEventListener("input", () => {
      this.showRate();
      listener.onLearningRate(this.learningRate);
    });
    this.rate.addEventListener("change", () => this.writeAddress());
    this.seed.addEventListener("change", () => {
      if (this.seed.reportValidity()) this.restart();
    });
    this.batch.addEventListener("change", () => {
      this.chosen.batchSize = Number(this.batch.value);
      this.restart();
    });
    this.count.addEventListener("change", () => {
      this.chosen.trainCount = Number(this.count.value);
      this.restart();
    });
    for (const choice of document.querySelectorAll("input[name=source]")) {
      choice.addEventListener("change", () => this.restart());
    }
    find("#controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
    takeFiles(find("#drop", HTMLElement), find("#files", HTMLInputElement), (files) => {
      setText(find("#files-message", HTMLElement), "Reading …");
      listener.onFiles(files);
    });
  }

  get learningRate(): number {
    return Number((10 ** Number(this.rate.value)).toPrecision(3));
  }

  get wanted(): WantedConfig {
    const source = this.mnist.checked ? "mnist" : "generated";
    const seed = this.seed.validity.valid ? Number(this.seed.value) : 1;
    return { seed, learningRate: this.learningRate, source, ...this.chosen };
  }

  /** Shows what the worker chose. */
  showConfig({ batchSize, trainCount }: RunConfig): void {
    chooseOption(this.batch, batchSize);
    chooseOption(this.count, trainCount);
  }

  /** MNIST was read: its pictures are what to train on from now on. */
  acceptFiles(trainCount: number, testCount: number): void {
    setText(
      find("#files-message", HTMLElement),
      `Read ${trainCount} training and ${testCount} test pictures.`,
    );
    this.mnist.disabled = false;
    this.mnist.checked = true;
    this.listener.onRestart();
  }

  rejectFiles(message: string): void {
    setText(find("#files-message", HTMLElement), message);
  }

  private restart(): void {
    this.writeAddress();
    this.listener.onRestart();
  }

  private showRate(): void {
    const { learningRate } = this;
    setText(find("#rate-value", HTMLElement), learningRate.toFixed(learningRate < 0.001 ? 6 : 4));
  }

  private readAddress(): void {
    const given = new URLSearchParams(location.hash.slice(1));
    const seed = wholeNumber(given.get("seed"), 0, LARGEST_SEED);
    if (seed !== undefined) this.seed.value = String(seed);
    const rate = Number(given.get("rate"));
    if (rate > 0) this.rate.value = String(Math.log10(rate));
    this.chosen.batchSize = wholeNumber(given.get("batch"), 1, 1024);
    this.chosen.trainCount = wholeNumber(given.get("digits"), 10, 60_000);
  }

  /** The address becomes a link to this very run. */
  private writeAddress(): void {
    const { seed, learningRate, batchSize, trainCount } = this.wanted;
    const entries = { seed, rate: learningRate, batch: batchSize, digits: trainCount };
    const given = Object.entries(entries).filter(([, value]) => value !== undefined);
    const text = given.map(([key, value]) => `${key}=${value}`).join("&");
    history.replaceState(null, "", `#${text}`);
  }
}
