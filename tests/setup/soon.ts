// Waiting for what is there in a moment, but not always on a machine that is busy.

import { vi } from "vitest";

/** Resolves once `check` throws no more; rejects with what it throws after 10 s. */
export function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000 });
}
