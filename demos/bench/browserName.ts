// What a browser is called in results: "Chrome/156.0.8078.79", as whoever drives it from outside hears it.

/** What a browser says of itself. */
export interface BrowserSigns {
  /** By `navigator.userAgentData`, where there is one. */
  readonly brands: readonly { readonly brand: string; readonly version: string }[];
  readonly userAgent: string;
}

interface AgentData {
  getHighEntropyValues(hints: readonly string[]): Promise<{
    readonly fullVersionList?: BrowserSigns["brands"];
  }>;
}

/** Of user agents, most special first: each also says that it is those below. */
const agents: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg\/([\d.]+)/, "Edge"],
  [/\bOPR\/([\d.]+)/, "Opera"],
  [/\bFirefox\/([\d.]+)/, "Firefox"],
  [/\b(?:Headless)?Chrome\/([\d.]+)/, "Chrome"],
  [/\bVersion\/([\d.]+).*\bSafari\//, "Safari"],
];

/** Chromium is what Chrome is made of, and is measured as the same. */
const chromes = ["Chromium", "Google Chrome", "HeadlessChrome"];

export function browserNameOf({ brands, userAgent }: BrowserSigns): string {
  // One brand is made up, so that nobody relies on the list.
  const real = brands.filter(({ brand }) => !/\bnot\b/i.test(brand.replace(/[^a-z]/gi, " ")));
  const own = real.find(({ brand }) => !chromes.includes(brand)) ?? real[0];
  if (own !== undefined)
    return `${chromes.includes(own.brand) ? "Chrome" : own.brand.replace(/^Microsoft /, "")}/${own.version}`;
  for (const [pattern, name] of agents) {
    const version = userAgent.match(pattern)?.[1];
    if (version !== undefined) return `${name}/${version}`;
  }
  return userAgent || "a browser without a name";
}

export async function browserName(): Promise<string> {
  const { userAgentData, userAgent } = navigator as Navigator & { readonly userAgentData?: AgentData };
  const values = await userAgentData?.getHighEntropyValues(["fullVersionList"]).catch(() => undefined);
  return browserNameOf({ brands: values?.fullVersionList ?? [], userAgent });
}
