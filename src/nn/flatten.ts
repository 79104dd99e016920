// Flatten: several axes become one.

import type { Tensor } from "../api/tensor.ts";
import { flatten } from "../ops/index.ts";
import { Module } from "./module.ts";

/** Which axes are joined, both ends included. Negative ones count from the end. */
export interface FlattenOptions {
  /** Default 1: the batch stays. */
  readonly startAxis?: number;
  /** Default -1. */
  readonly endAxis?: number;
}

/** x with the axes from `startAxis` to `endAxis` as one. x: any shape and dtype. Source: torch.nn.Flatten. */
export class Flatten extends Module {
  readonly startAxis: number;
  readonly endAxis: number;

  constructor({ startAxis = 1, endAxis = -1 }: FlattenOptions = {}) {
    super();
    this.startAxis = startAxis;
    this.endAxis = endAxis;
  }

  forward(x: Tensor): Tensor {
    return flatten(x, { startAxis: this.startAxis, endAxis: this.endAxis });
  }
}
