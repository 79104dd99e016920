// A browser for each engine, so that one which hangs or eats the memory of its GPU process takes no other down.
//
// Decides: a browser is started when its engine is first asked for, kept from case to case, and after a case that did not
// come to an end killed with all its processes, since a closed page ends no compilation in the GPU process.

import type { Browser } from "puppeteer";
import type { EngineName } from "../../bench/report.ts";
import { type AdapterDescription, launchBrowser } from "../browser.ts";

export class EngineBrowsers {
  private readonly browsers = new Map<EngineName, Browser>();
  private described: { adapter: AdapterDescription; version: string } | undefined;

  /** What all of them have. Starts `engine`'s browser if there is none yet. */
  async describe(engine: EngineName): Promise<{ adapter: AdapterDescription; version: string }> {
    await this.browserOf(engine);
    if (this.described === undefined) throw new Error("a browser was started and not described.");
    return this.described;
  }

  async browserOf(engine: EngineName): Promise<Browser> {
    const running = this.browsers.get(engine);
    if (running?.connected) return running;
    // One line about the browser is enough.
    const log = this.described === undefined ? console.log : () => undefined;
    const { browser, adapter } = await launchBrowser({ log });
    this.described ??= { adapter, version: await browser.version() };
    this.browsers.set(engine, browser);
    return browser;
  }

  /** Ends the browser of `engine` at once; the next case has a new one. */
  kill(engine: EngineName): void {
    const pid = this.browsers.get(engine)?.process()?.pid;
    this.browsers.delete(engine);
    if (pid === undefined) return;
    try {
      // It leads a group of its own, but on Windows.
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.browsers.values()].map((browser) => browser.close()));
    this.browsers.clear();
  }
}
