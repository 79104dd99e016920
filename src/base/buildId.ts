// Which build of the library this is: what it makes may be kept only for as long as the code that makes it is the same.

/** A digest of all sources, which the build puts here. Empty where the sources themselves are run. */
export const buildId: string = "";
