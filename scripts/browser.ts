// The browser that tests, training runs and benchmarks use: where it is found, and how it is started.
//
// Decides: the search order for a Chrome or Chromium, the flags for hardware and for software WebGPU, and which of
// the two is used. Hardware is tried only where the machine shows a GPU; a software adapter never counts as one.
// Leaves to others: what is done in the browser.

import puppeteer, { type Browser } from "puppeteer";
import { type FoundBrowser, findBrowser, machineProbes } from "./findBrowser.ts";
import { hasGpuDevice } from "./gpuDevice.ts";

export type AdapterKind = "hardware" | "software";

/** What the browser says about the adapter that a page gets. */
export interface AdapterDescription {
  kind: AdapterKind;
  vendor: string;
  architecture: string;
  description: string;
}

export interface LaunchOptions {
  /** For pages with a WebGPU canvas, and for screenshots: the software adapter needs other flags for these. */
  screenshots?: boolean;
  /** Further command-line flags for the browser. */
  extraFlags?: readonly string[];
  /** Receives one line: the browser's version and the adapter. Default: standard output. */
  log?: (line: string) => void;
}

export interface LaunchedBrowser {
  browser: Browser;
  adapter: AdapterDescription;
  executablePath: string;
}

/** The adapters to try, in this order. TILEGRAD_ADAPTER=hardware|software leaves only one. */
export function adapterKinds(choice: string | undefined, gpuPresent: boolean): AdapterKind[] {
  if (choice === "hardware" || choice === "software") return [choice];
  if (choice) {
    throw new Error(`TILEGRAD_ADAPTER: it is "${choice}"; "hardware", "software" and nothing are allowed.`);
  }
  return gpuPresent ? ["hardware", "software"] : ["software"];
}

/** The command-line flags that give a page an adapter of this kind. */
export function launchFlags(
  kind: AdapterKind,
  { screenshots = false, platform = process.platform, root = process.getuid?.() === 0 } = {},
): string[] {
  const flags = [
    "--enable-unsafe-webgpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ];
  if (platform === "linux" && root) flags.push("--no-sandbox");
  if (kind === "hardware") {
    if (platform === "linux") flags.push("--enable-features=Vulkan");
  } else {
    // Clearing workgroup memory costs seconds per pipeline on the software adapter.
    flags.push("--use-webgpu-adapter=swiftshader", "--enable-dawn-features=disable_workgroup_init");
    // Without these a canvas's first frame loses the device.
    if (screenshots) {
      flags.push("--enable-features=Vulkan", "--use-vulkan=swiftshader");
      flags.push("--use-angle=swiftshader", "--enable-unsafe-swiftshader");
    }
  }
  return flags;
}

/**
 * Starts a browser whose pages have a WebGPU adapter: a hardware one where there is one, else a software one.
 * Throws where no browser can be had, or none of its adapters.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<LaunchedBrowser> {
  const log = options.log ?? ((line) => console.log(line));
  const kinds = adapterKinds(process.env.TILEGRAD_ADAPTER, hasGpuDevice());
  const found = await findBrowser(machineProbes(log));
  const refusals: string[] = [];
  for (const kind of kinds) {
    const launched = await tryAdapter(found, kind, options);
    if ("adapter" in launched) {
      const { vendor, architecture } = launched.adapter;
      const adapter = [kind, vendor, architecture].filter(Boolean).join(" ");
      log(`${await launched.browser.version()} (${found.path}), WebGPU adapter: ${adapter}`);
      return { ...launched, executablePath: found.path };
    }
    refusals.push(`${kind}: ${launched.refusal}`);
  }
  throw new Error(`No WebGPU adapter in ${found.path} (found as: ${found.source}). ${refusals.join(" ")}`);
}

type Attempt = { browser: Browser; adapter: AdapterDescription } | { refusal: string };

async function tryAdapter(found: FoundBrowser, kind: AdapterKind, options: LaunchOptions): Promise<Attempt> {
  const flags = launchFlags(kind, { screenshots: options.screenshots });
  let browser: Browser;
  try {
    browser = await puppeteer.launch({
      executablePath: found.path,
      headless: true,
      args: [...flags, ...(options.extraFlags ?? [])],
      // A page may train for minutes within one call.
      protocolTimeout: 0,
    });
  } catch (error) {
    return { refusal: `it does not start: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    const adapter = await describeAdapter(browser);
    if (adapter?.kind === kind) return { browser, adapter };
    await browser.close();
    return {
      refusal: adapter ? `got the ${adapter.kind} adapter "${adapter.description}".` : "none offered.",
    };
  } catch (error) {
    await browser.close();
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

/** What a page of this browser gets from `requestAdapter`; undefined where that is nothing. */
async function describeAdapter(browser: Browser): Promise<AdapterDescription | undefined> {
  const page = await browser.newPage();
  try {
    // WebGPU exists only in secure contexts, and a blank page is none: answer one address at localhost ourselves.
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      void request.respond({ status: 200, contentType: "text/html", body: "<!doctype html>" });
    });
    await page.goto("http://localhost/");
    const info = await page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
      if (!adapter) return undefined;
      const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
      return { vendor, architecture, description, isFallbackAdapter };
    });
    if (!info) return undefined;
    const { isFallbackAdapter, ...names } = info;
    const text = `${names.vendor} ${names.architecture} ${names.description}`.trim();
    const software = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(text);
    return { ...names, kind: software ? "software" : "hardware", description: names.description || text };
  } finally {
    await page.close();
  }
}
