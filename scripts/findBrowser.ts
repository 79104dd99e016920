// Finds a Chrome or Chromium, and installs one where there is none.
//
// Decides: the search order. What the user names comes first, then what is installed, then puppeteer's cache, then
// puppeteer's download, and last the system's package. A browser counts only if it starts: a download on a bare
// machine lacks system libraries, and some distributions put a stub where the browser would be.
// Leaves to others: flags and the launch (browser.ts). The machine is reached through `BrowserProbes` alone.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer";

/** Puppeteer's command line, which downloads the version that it was made for. */
const puppeteerCommand = fileURLToPath(
  new URL("../node_modules/puppeteer/lib/cjs/puppeteer/node/cli.js", import.meta.url),
);

export type BrowserSource = "PUPPETEER_EXECUTABLE_PATH" | "installed" | "cache" | "download" | "package";

export interface FoundBrowser {
  path: string;
  source: BrowserSource;
}

/** Everything the search asks of the machine. */
export interface BrowserProbes {
  platform: string;
  env: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
  /** Whether the browser at this path starts. */
  runs(path: string): boolean;
  /** Where puppeteer keeps, or would keep, a browser of its own. */
  cachePath(): string | undefined;
  /** Fetches a browser into puppeteer's cache; undefined where that fails. */
  download(): string | undefined;
  /** Whether `installPackage` can work: Debian or a relative of it, as root. */
  canInstallPackage: boolean;
  installPackage(): void;
}

/** The first browser in the search order that starts. Throws one message saying what to do where there is none. */
export async function findBrowser(probes: BrowserProbes): Promise<FoundBrowser> {
  const named = probes.env.PUPPETEER_EXECUTABLE_PATH;
  if (named) {
    if (!probes.exists(named)) {
      throw new Error(`PUPPETEER_EXECUTABLE_PATH: ${named} does not exist; it must be a Chrome or Chromium.`);
    }
    return { path: named, source: "PUPPETEER_EXECUTABLE_PATH" };
  }
  const usable = (path: string | undefined): path is string =>
    path !== undefined && probes.exists(path) && probes.runs(path);

  const installed = installedPaths(probes).find(usable);
  if (installed) return { path: installed, source: "installed" };
  const cached = probes.cachePath();
  if (usable(cached)) return { path: cached, source: "cache" };
  const downloaded = probes.download();
  if (usable(downloaded)) return { path: downloaded, source: "download" };
  if (probes.canInstallPackage) {
    probes.installPackage();
    const packaged = installedPaths(probes).find(usable);
    if (packaged) return { path: packaged, source: "package" };
  }
  throw new Error(
    "No Chrome or Chromium was found, and none could be installed. Install one (on Debian: apt-get install " +
      "chromium; elsewhere: https://www.google.com/chrome/), or set PUPPETEER_EXECUTABLE_PATH to its executable.",
  );
}

/** Where a Chrome or Chromium usually stands, the most wanted first. */
export function installedPaths({ platform, env }: Pick<BrowserProbes, "platform" | "env">): string[] {
  if (platform === "darwin") {
    const inside = ["Google Chrome", "Chromium"].map(
      (name) => `Applications/${name}.app/Contents/MacOS/${name}`,
    );
    return ["/", ...(env.HOME ? [env.HOME] : [])].flatMap((base) => inside.map((path) => join(base, path)));
  }
  if (platform === "win32") {
    const bases = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter(
      (base) => base !== undefined,
    );
    const inside = ["Google\\Chrome", "Chromium"].map((name) => `${name}\\Application\\chrome.exe`);
    return bases.flatMap((base) => inside.map((path) => `${base}\\${path}`));
  }
  const names = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser"];
  const folders = new Set([...(env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin", "/snap/bin"]);
  folders.delete("");
  return [
    ...names.flatMap((name) => [...folders].map((folder) => join(folder, name))),
    "/opt/google/chrome/chrome",
  ];
}

/** The probes of the machine this runs on. `log` is told what is being installed. */
export function machineProbes(log: (line: string) => void): BrowserProbes {
  return {
    platform: process.platform,
    env: process.env,
    exists: existsSync,
    // On Windows `--version` opens a window instead of answering.
    runs: (path) => process.platform === "win32" || succeeds(path, ["--version"]),
    cachePath: puppeteerPath,
    download() {
      log("No Chrome or Chromium is installed: downloading one into puppeteer's cache");
      const install = [puppeteerCommand, "browsers", "install", "chrome"];
      return succeeds(process.execPath, install) ? puppeteerPath() : undefined;
    },
    canInstallPackage: process.getuid?.() === 0 && existsSync("/etc/debian_version"),
    installPackage() {
      log("Installing the system's chromium package");
      const install = ["install", "--yes", "--no-install-recommends", "chromium"];
      if (succeeds("apt-get", ["update"])) succeeds("apt-get", install);
    },
  };
}

function puppeteerPath(): string | undefined {
  try {
    return puppeteer.executablePath();
  } catch {
    return undefined;
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { env, stdio: "ignore" }).status === 0;
}
