// How much time and memory a case may take before it counts as failed.

/** For an answer about one op. */
export const opLimitMs = 120_000;
/** For an answer about a training step, or about a ladder. */
export const stepLimitMs = 600_000;
/** Of everything that runs a case. */
export const memoryLimitBytes = 6 * 2 ** 30;
