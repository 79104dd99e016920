// A page of the benchmark as the script sees it: it opens one case on one engine, and takes samples.
//
// Decides: what happens where a page crashes or hangs: that is a failure, with a text, and no exception.

import type { Browser, Page } from "puppeteer";
import type { OpenedCase, PageAnswer, PageSettings, Sample } from "../../bench/report.ts";

const loadLimitMs = 60_000;
const answerLimitMs = 600_000;

export class CasePage {
  private readonly page: Page;
  private readonly faults: string[] = [];
  private readonly crashed: Promise<{ failure: string }>;

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.faults.push(messageOf(error)));
    this.crashed = new Promise((resolve) => {
      page.on("error", ({ message }) => resolve({ failure: `the page crashed: ${message}` }));
    });
  }

  /** A new page of `browser`, which shows `url` once a case is opened. */
  static async load(browser: Browser, url: string): Promise<CasePage> {
    const page = new CasePage(await browser.newPage());
    // A page that does not load says so when a case is opened.
    await page.page.goto(url).catch((error: unknown) => page.faults.push(messageOf(error)));
    return page;
  }

  open(settings: PageSettings): Promise<PageAnswer<OpenedCase>> {
    return this.ask(async () => {
      await this.page.waitForFunction("'openCase' in globalThis", { timeout: loadLimitMs });
      return this.page.evaluate((given) => globalThis.openCase(given), settings);
    });
  }

  sample(): Promise<PageAnswer<Sample>> {
    return this.ask(async () => {
      await this.page.bringToFront();
      return this.page.evaluate(() => globalThis.takeSample());
    });
  }

  close(): Promise<void> {
    return this.page.close();
  }

  private async ask<T>(question: () => Promise<PageAnswer<T>>): Promise<PageAnswer<T>> {
    try {
      return await Promise.race([question(), this.crashed, hung()]);
    } catch (error) {
      return { failure: [messageOf(error), ...this.faults].join(" ") };
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hung(): Promise<{ failure: string }> {
  return new Promise((resolve) => {
    const answer = { failure: `no answer within ${answerLimitMs / 1000} s` };
    setTimeout(() => resolve(answer), answerLimitMs).unref();
  });
}
