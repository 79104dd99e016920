// The search for a browser, in every order, on a machine made of probes.

import { expect, test } from "vitest";
import { adapterKinds, launchFlags } from "../../scripts/browser.ts";
import { type BrowserProbes, findBrowser, installedPaths } from "../../scripts/findBrowser.ts";
import { hasGpuDevice } from "../../scripts/gpuDevice.ts";

interface Machine {
  platform?: string;
  env?: Record<string, string>;
  /** Files that are there. */
  files?: string[];
  /** Files that are there and do not start. */
  broken?: string[];
  /** What a download leaves behind. */
  downloads?: string;
  /** What the system's package leaves behind. */
  packages?: string;
  root?: boolean;
}

const cache = "/home/me/.cache/puppeteer/chrome";

function probesOf(machine: Machine): { probes: BrowserProbes; calls: string[] } {
  const files = new Set([...(machine.files ?? []), ...(machine.broken ?? [])]);
  const calls: string[] = [];
  const probes: BrowserProbes = {
    platform: machine.platform ?? "linux",
    env: { PATH: "/usr/local/bin:/usr/bin", ...machine.env },
    exists: (path) => files.has(path),
    runs: (path) => !machine.broken?.includes(path),
    cachePath: () => cache,
    download() {
      calls.push("download");
      if (machine.downloads) files.add(machine.downloads);
      return machine.downloads;
    },
    canInstallPackage: machine.root ?? false,
    installPackage() {
      calls.push("package");
      if (machine.packages) files.add(machine.packages);
    },
  };
  return { probes, calls };
}

const everything = ["/named/chrome", "/usr/bin/google-chrome", "/usr/bin/chromium", cache];

const searches: [what: string, machine: Machine, path: string, source: string, calls: string[]][] = [
  [
    "what the user names comes first",
    { env: { PUPPETEER_EXECUTABLE_PATH: "/named/chrome" }, files: everything },
    "/named/chrome",
    "PUPPETEER_EXECUTABLE_PATH",
    [],
  ],
  ["then Chrome", { files: everything }, "/usr/bin/google-chrome", "installed", []],
  ["then Chromium", { files: ["/usr/bin/chromium", cache] }, "/usr/bin/chromium", "installed", []],
  [
    "one that does not start is passed over",
    { files: ["/usr/bin/chromium"], broken: ["/usr/bin/google-chrome"] },
    "/usr/bin/chromium",
    "installed",
    [],
  ],
  [
    "any folder of PATH counts",
    { env: { PATH: "/opt/mine" }, files: ["/opt/mine/chromium"] },
    "/opt/mine/chromium",
    "installed",
    [],
  ],
  ["then puppeteer's cache", { files: [cache] }, cache, "cache", []],
  ["then a download", { downloads: cache, root: true }, cache, "download", ["download"]],
  [
    "then the system's package, also where the download does not start",
    { downloads: cache, broken: [cache], packages: "/usr/bin/chromium", root: true },
    "/usr/bin/chromium",
    "package",
    ["download", "package"],
  ],
];

test.each(searches)("%s", async (_what, machine, path, source, expectedCalls) => {
  const { probes, calls } = probesOf(machine);
  expect(await findBrowser(probes)).toEqual({ path, source });
  expect(calls).toEqual(expectedCalls);
});

test("a named browser that does not exist is an error, not a reason to search on", async () => {
  const { probes } = probesOf({ env: { PUPPETEER_EXECUTABLE_PATH: "/nowhere" }, files: everything });
  await expect(findBrowser(probes)).rejects.toThrow(
    "PUPPETEER_EXECUTABLE_PATH: /nowhere does not exist; it must be a Chrome or Chromium.",
  );
});

test("whoever can have none is told what to do", async () => {
  for (const root of [false, true]) {
    const { probes, calls } = probesOf({ root });
    await expect(findBrowser(probes)).rejects.toThrow(/apt-get install chromium.*PUPPETEER_EXECUTABLE_PATH/);
    expect(calls).toEqual(root ? ["download", "package"] : ["download"]);
  }
});

test("the usual places on macOS and Windows", () => {
  expect(installedPaths({ platform: "darwin", env: { HOME: "/Users/me" } })).toEqual([
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Users/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium",
  ]);
  expect(installedPaths({ platform: "win32", env: { PROGRAMFILES: "C:\\Program Files" } })).toEqual([
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files\\Chromium\\Application\\chrome.exe",
  ]);
});

test("hardware is tried only where there is a GPU, unless one adapter is asked for", () => {
  expect(adapterKinds(undefined, true)).toEqual(["hardware", "software"]);
  expect(adapterKinds(undefined, false)).toEqual(["software"]);
  expect(adapterKinds("hardware", false)).toEqual(["hardware"]);
  expect(adapterKinds("software", true)).toEqual(["software"]);
  expect(() => adapterKinds("fast", true)).toThrow(
    'TILEGRAD_ADAPTER: it is "fast"; "hardware", "software" and nothing are allowed.',
  );
});

test.each<[platform: string, folders: Record<string, string[]>, expected: boolean]>([
  ["linux", {}, false],
  ["linux", { "/dev": ["null", "nvidia-caps"], "/dev/dri": ["card0"] }, false],
  ["linux", { "/dev/dri": ["card0", "renderD128"] }, true],
  ["linux", { "/dev": ["nvidia0"] }, true],
  ["darwin", {}, true],
  ["win32", {}, true],
])("a GPU on %s with %j: %s", (platform, folders, expected) => {
  expect(hasGpuDevice(platform, (folder) => folders[folder] ?? [])).toBe(expected);
});

test("flags: no software adapter beside hardware, canvas flags only for screenshots, no sandbox only as root", () => {
  const linux = { platform: "linux" as const, root: false };
  const hardware = launchFlags("hardware", linux);
  expect(hardware).toContain("--enable-features=Vulkan");
  expect(hardware.join()).not.toContain("swiftshader");
  expect(hardware).not.toContain("--no-sandbox");
  expect(launchFlags("hardware", { platform: "darwin", root: true })).not.toContain("--no-sandbox");
  const software = launchFlags("software", { ...linux, root: true });
  expect(software).toContain("--use-webgpu-adapter=swiftshader");
  expect(software).toContain("--no-sandbox");
  expect(software.join()).not.toContain("--use-angle");
  expect(launchFlags("software", { ...linux, screenshots: true })).toContain("--use-angle=swiftshader");
});
