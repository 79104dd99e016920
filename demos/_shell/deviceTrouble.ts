// Why a page cannot train, in words for its visitor, and what can be done.

import type { DeviceErrorReason } from "../../src/index.ts";

/** What is told when the GPU cannot be used. */
export interface Trouble {
  readonly title: string;
  readonly cause: string;
  readonly remedies: readonly string[];
  /** Whether trying again can help without anything else being changed. */
  readonly canRetry: boolean;
}

/** Why a worker can do no more. */
export type FailureReason = DeviceErrorReason | "other";

/** What a page says of itself where its visitor has to do something. */
export interface TroubleAdvice {
  /** How a run gets smaller: "Choose a smaller batch". */
  readonly smaller: string;
  /** What becomes of the run when the device is lost: "What was learned is lost." */
  readonly afterLoss: string;
  /** What starting again does then. */
  readonly retry: string;
}

const troubles: Record<FailureReason, Trouble> = {
  "insecure-context": {
    title: "This address is not secure",
    cause: "Browsers offer WebGPU only to pages that come by https or from this computer.",
    remedies: [
      "Open the page by https.",
      "On your own computer, open it as http://127.0.0.1 or http://localhost.",
    ],
    canRetry: false,
  },
  "no-webgpu": {
    title: "This browser has no WebGPU",
    cause: "The network trains on the GPU, and WebGPU is how a page reaches it.",
    remedies: [
      "Use Chrome or Edge from version 113, Safari from 26, or Firefox from 141 (on Windows) or 145 (on a Mac).",
      "If yours is recent, look whether WebGPU is switched off in its settings.",
    ],
    canRetry: false,
  },
  "no-adapter": {
    title: "The browser offers no GPU",
    cause: "It has WebGPU, but it holds the GPU or its driver back.",
    remedies: [
      "Switch hardware acceleration on in the browser's settings, and restart it.",
      "Update the graphics driver. In Chrome and Edge the page chrome://gpu says what is blocked, and why.",
      "After several crashes the browser stops using the GPU until it is restarted.",
    ],
    canRetry: true,
  },
  "missing-feature": {
    title: "The GPU lacks a feature",
    cause: "This page needs something that your graphics card or its driver does not have.",
    remedies: [
      "Update the graphics driver and the browser.",
      "If there is a second GPU, let the browser use that one.",
    ],
    canRetry: false,
  },
  limit: {
    title: "This is too large for the GPU",
    cause: "A buffer would be larger than your graphics card allows.",
    remedies: [],
    canRetry: true,
  },
  "out-of-memory": {
    title: "The GPU is out of memory",
    cause: "Other pages and programs share it.",
    remedies: ["Close what else uses the GPU."],
    canRetry: true,
  },
  shader: {
    title: "A GPU program does not compile",
    cause:
      "Your browser refuses one of the programs that the network consists of. That is a fault of this page.",
    remedies: ["Update the browser and the graphics driver."],
    canRetry: true,
  },
  lost: {
    title: "The GPU went away",
    cause: "Its driver was restarted, it was unplugged, or the browser took it back.",
    remedies: [],
    canRetry: true,
  },
  other: {
    title: "Something went wrong",
    cause: "That is a fault of this page.",
    remedies: ["Start again. If it happens once more, reload the page."],
    canRetry: true,
  },
};

/** What to tell about a failure. */
export function troubleOf(reason: FailureReason, advice: TroubleAdvice): Trouble {
  const trouble = troubles[reason];
  if (reason === "lost") {
    return { ...trouble, cause: `${trouble.cause} ${advice.afterLoss}`, remedies: [advice.retry] };
  }
  const isTooLarge = reason === "limit" || reason === "out-of-memory";
  return isTooLarge
    ? { ...trouble, remedies: [...trouble.remedies, `${advice.smaller}, and start again.`] }
    : trouble;
}
