// A short name for a text, by what is in it.

/** FNV-1a (Fowler, Noll, Vo) over UTF-16 units: enough to tell what one visitor has apart. */
export function fingerprintOf(text: string): string {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return (bits >>> 0).toString(16).padStart(8, "0");
}
