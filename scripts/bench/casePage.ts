// A page of the benchmark as the script sees it: it opens one case on one engine, and takes samples.
//
// Decides: what happens where a page crashes, hangs or takes too much memory: that is a failure, with a text, and no
// exception; where the page may still be at work, the failure says that its browser has to go.

import type { Browser, Page } from "puppeteer";
import { memoryLimitBytes } from "../../bench/limits.ts";
import type { OpenedCase, PageAnswer, PageSettings, Sample } from "../../bench/report.ts";
import type { CasePlace, LimitedAnswer } from "../../bench/takeTurns.ts";
import { outgrown } from "./memoryWatch.ts";

const loadLimitMs = 60_000;

export class CasePage implements CasePlace {
  private readonly page: Page;
  private readonly browserPid: number | undefined;
  private readonly answerLimitMs: number;
  private readonly faults: string[] = [];
  private readonly crashed: Promise<LimitedAnswer<never>>;

  private constructor(page: Page, answerLimitMs: number) {
    this.page = page;
    this.browserPid = page.browser().process()?.pid;
    this.answerLimitMs = answerLimitMs;
    page.on("pageerror", (error) => this.faults.push(messageOf(error)));
    this.crashed = new Promise((resolve) => {
      page.on("error", ({ message }) => resolve({ failure: `the page crashed: ${message}`, isStuck: true }));
    });
  }

  /** A new page of `browser`, which shows `url` once a case is opened, and must then answer within the limit. */
  static async load(browser: Browser, url: string, answerLimitMs: number): Promise<CasePage> {
    const page = new CasePage(await browser.newPage(), answerLimitMs);
    // A page that does not load says so when a case is opened.
    await page.page.goto(url).catch((error: unknown) => page.faults.push(messageOf(error)));
    return page;
  }

  open(settings: PageSettings): Promise<LimitedAnswer<OpenedCase>> {
    return this.ask(async () => {
      await this.page.waitForFunction("'openCase' in globalThis", { timeout: loadLimitMs });
      return this.page.evaluate((given) => globalThis.openCase(given), settings);
    });
  }

  sample(): Promise<LimitedAnswer<Sample>> {
    return this.ask(async () => {
      await this.page.bringToFront();
      return this.page.evaluate(() => globalThis.takeSample());
    });
  }

  /** Only of a browser that still stands. */
  async close(): Promise<void> {
    if (this.page.browser().connected) await this.page.close();
  }

  private async ask<T>(question: () => Promise<PageAnswer<T>>): Promise<LimitedAnswer<T>> {
    let isOver = false;
    try {
      return await Promise.race([question(), this.crashed, this.hung(), this.swollen(() => isOver)]);
    } catch (error) {
      return { failure: [messageOf(error), ...this.faults].join(" ") };
    } finally {
      isOver = true;
    }
  }

  private hung(): Promise<LimitedAnswer<never>> {
    return new Promise((resolve) => {
      const answer = { failure: `no answer within ${this.answerLimitMs / 1000} s`, isStuck: true };
      setTimeout(() => resolve(answer), this.answerLimitMs).unref();
    });
  }

  private async swollen(isOver: () => boolean): Promise<LimitedAnswer<never>> {
    if (this.browserPid === undefined) return new Promise(() => undefined);
    await outgrown(this.browserPid, memoryLimitBytes, isOver);
    return { failure: `its browser took more than ${memoryLimitBytes / 2 ** 30} GiB`, isStuck: true };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
