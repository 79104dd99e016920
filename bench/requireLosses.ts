// When two courses of losses agree, and what a course of losses must look like at all.

/** Steps whose losses are compared. */
export const checkedSteps = 5;
/** How far an engine's losses may be off, relatively. */
const tolerance = 1e-3;
/** How far the first loss may be from that of a guess, in nats. */
const guessTolerance = 0.5;

/** What the losses of a case have to be. */
export interface LossRules {
  /** What there is to choose from: a model that has learnt nothing loses about ln of it. */
  readonly classes: number;
  readonly expected: readonly number[] | undefined;
}

/** Throws unless the losses fall from about ln `classes` and, where there are expected ones, agree with them. */
export function requireLosses(losses: readonly number[], { classes, expected }: LossRules): void {
  const first = losses[0];
  const last = losses[losses.length - 1];
  if (!(Math.abs(first - Math.log(classes)) < guessTolerance && last < first)) {
    throw new Error(`wrong losses ${print(losses)}; they start near ln ${classes} and fall.`);
  }
  if (expected !== undefined) requireSameLosses(losses, expected);
}

/** Throws unless there are as many losses as `expected`, and they agree with them. */
export function requireSameLosses(losses: readonly number[], expected: readonly number[]): void {
  const isOff = expected.some((loss, step) => !(Math.abs(losses[step] - loss) <= tolerance * loss));
  if (isOff || losses.length !== expected.length) {
    throw new Error(`wrong losses ${print(losses)}; they are ${print(expected)} within ${tolerance}.`);
  }
}

function print(losses: readonly number[]): string {
  return losses.map((loss) => loss.toFixed(5)).join(", ");
}
