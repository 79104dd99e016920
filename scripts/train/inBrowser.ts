// A job from the start of the browser to what is left of it.

import type { PageJob } from "./jobPage.ts";

/** Runs `job` in a browser of its own, and `finish` with its result and the adapter's name before the browser goes. */
export async function inBrowser<Settings, Result, Event>(
  job: PageJob<Settings>,
  onEvent: (event: Event) => void,
  log: (line: string) => void,
  finish: (result: Result, adapter: string) => Promise<void>,
): Promise<void> {
  // Only now: these two load much, and who made a mistake should not wait for it.
  const [{ launchBrowser }, { runInPage }] = await Promise.all([
    import("../browser.ts"),
    import("./jobPage.ts"),
  ]);
  const { browser, adapter } = await launchBrowser({ log });
  try {
    const name = [adapter.kind, adapter.vendor, adapter.architecture].filter(Boolean).join(" ");
    await finish(await runInPage<Settings, Result, Event>(browser, job, onEvent), name);
  } finally {
    await browser.close();
  }
}
