// The queue before the GPU: how far calls run ahead.

import { expect, test } from "vitest";
import { JobQueue } from "../../src/runtime/jobQueue.ts";

/** A queue whose GPU finishes the oldest work when told to. */
function heldQueue() {
  const unfinished: (() => void)[] = [];
  const onSubmittedWorkDone = () => new Promise<void>((resolve) => unfinished.push(resolve));
  const queue = new JobQueue({ queue: { onSubmittedWorkDone } } as unknown as GPUDevice);
  const begun: string[] = [];
  const call = (name: string, steps: number) =>
    queue.add({
      ready: undefined,
      steps,
      uploadBytes: 0,
      run: () => {
        begun.push(name);
        return 1;
      },
      fail: (reason) => {
        throw reason;
      },
    });
  const finishOldest = async () => {
    unfinished.shift()?.();
    await Promise.resolve();
  };
  return { queue, begun, call, finishOldest };
}

test("three single steps are in flight at most, and reads are not counted", async () => {
  const { queue, begun, call, finishOldest } = heldQueue();
  for (const name of ["a", "b", "c", "d"]) call(name, 1);
  expect(begun).toEqual(["a", "b", "c"]);
  await finishOldest();
  expect(begun).toEqual(["a", "b", "c", "d"]);
  await finishOldest();
  call("read", 0);
  call("e", 1);
  expect(begun).toEqual(["a", "b", "c", "d", "read", "e"]);
  expect(queue.submits).toBe(6);
});

test("of calls of many steps the next waits beside the one that runs, and no further one", async () => {
  const { queue, begun, call, finishOldest } = heldQueue();
  for (const name of ["a", "b", "c"]) call(name, 8);
  expect(begun).toEqual(["a", "b"]);
  let hasRoom = false;
  const room = queue.hasRoom().then(() => {
    hasRoom = true;
  });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  await finishOldest();
  await room;
  expect(begun).toEqual(["a", "b", "c"]);
  call("single", 1);
  expect(begun).toEqual(["a", "b", "c"]);
});
