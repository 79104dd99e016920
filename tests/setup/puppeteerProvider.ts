// Vitest's browser mode over our own browser: one Chromium, one page per session, a page that dies ends the run.

import { defineBrowserProvider } from "@vitest/browser";
import type { Page } from "puppeteer";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";
import { type LaunchedBrowser, launchBrowser } from "../../scripts/browser.ts";

class PuppeteerProvider implements BrowserProvider {
  readonly name = "puppeteer";
  // One page after the other: the software adapter already uses every core.
  readonly supportsParallelism = false;
  private launching: Promise<LaunchedBrowser> | undefined;
  private readonly pages = new Map<string, Page>();

  getCommandsContext(sessionId: string): Record<string, unknown> {
    return { page: this.pages.get(sessionId) };
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.launching ??= launchBrowser();
    const { browser } = await this.launching;
    const page = await browser.newPage();
    this.pages.set(sessionId, page);
    page.on("error", (error) => console.error(`The test page crashed: ${error.message}`));
    await page.goto(url, { timeout: 0 });
  }

  async close(): Promise<void> {
    const launched = await this.launching?.catch(() => undefined);
    await launched?.browser.close();
    this.launching = undefined;
    this.pages.clear();
  }
}

/** The provider for `test.browser.provider`. */
export function puppeteerProvider(): BrowserProviderOption {
  return defineBrowserProvider({
    name: "puppeteer",
    supportedBrowser: ["chromium"],
    providerFactory: () => new PuppeteerProvider(),
  });
}
