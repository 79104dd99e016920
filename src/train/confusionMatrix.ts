// ConfusionMatrix: how often each class was taken for each.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";

/** Counts by true class (rows) and predicted class (columns). */
export class ConfusionMatrix {
  readonly classes: number;
  /** [true class, predicted class], row-major. */
  readonly counts: Uint32Array;

  /** Throws UsageError unless `classes` is a whole number from 1. */
  constructor(classes: number) {
    requireWhole("ConfusionMatrix: classes", classes, 1);
    this.classes = classes;
    this.counts = new Uint32Array(classes * classes);
  }

  /** Counts one example. Throws UsageError unless both are classes. */
  add(label: number, predicted: number): void {
    this.counts[this.place(label, predicted)] += 1;
  }

  /** How often `label` was taken for `predicted`. Throws UsageError unless both are classes. */
  count(label: number, predicted: number): number {
    return this.counts[this.place(label, predicted)];
  }

  /** Examples counted. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The share of examples whose class was found; NaN without examples. */
  get accuracy(): number {
    let correct = 0;
    for (let label = 0; label < this.classes; label++) correct += this.count(label, label);
    return correct / this.total;
  }

  /** Of the examples of each class, the share that was found; NaN for a class without examples. */
  get recall(): number[] {
    return this.shares((label, other) => this.count(label, other));
  }

  /** Of the examples taken for each class, the share that was of it; NaN for a class that was never predicted. */
  get precision(): number[] {
    return this.shares((predicted, other) => this.count(other, predicted));
  }

  private shares(countOf: (which: number, other: number) => number): number[] {
    return Array.from({ length: this.classes }, (_, which) => {
      let all = 0;
      for (let other = 0; other < this.classes; other++) all += countOf(which, other);
      return countOf(which, which) / all;
    });
  }

  private place(label: number, predicted: number): number {
    this.requireClass("the label", label);
    this.requireClass("the prediction", predicted);
    return label * this.classes + predicted;
  }

  private requireClass(what: string, value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < this.classes) return;
    throw new UsageError(
      `ConfusionMatrix: ${what} is ${value}; it must be a whole number from 0 to ${this.classes - 1}.`,
    );
  }
}
