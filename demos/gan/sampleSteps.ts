// When samples are taken: often at first, when most changes, and then more and more rarely.

const FIRST_STEPS = [0, 1, 2, 5, 10, 20, 30, 40];

/** Whether a sample is due after `step` steps: 0, 1, 2, 5, 10, 20, 30, 40, every 25 to 300, every 50 to 1000, every 100. */
export function isSampleDue(step: number): boolean {
  if (step < 50) return FIRST_STEPS.includes(step);
  if (step <= 300) return step % 25 === 0;
  return step % (step <= 1000 ? 50 : 100) === 0;
}
