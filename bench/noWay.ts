// What an engine says that has no way of doing a case. It stands in the table as it is.

/** Throws an error that begins with "none". */
export function noWay(why: string): never {
  throw new Error(`none: ${why}`);
}
