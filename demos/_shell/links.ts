// Share links: settings in the hash of the address, never weights.

/** What a link carries, or what is wrong with it. */
export type ReadLink<Config> = { readonly wanted: Partial<Config> } | { readonly fault: string };

/**
 * The values of a link, or what is wrong with it: it must be of `version`. An empty hash carries nothing, and so
 * undefined.
 */
export function valuesOfLink(
  hash: string,
  version: number,
): URLSearchParams | undefined | { readonly fault: string } {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  if ([...given.keys()].length === 0) return undefined;
  const named = given.get("v");
  if (named === String(version)) return given;
  const said = named === null ? "names no version" : `is of version ${named.slice(0, 12)}`;
  return {
    fault: `This link ${said}, and this page reads version ${version}. The page begins with settings of its own.`,
  };
}
