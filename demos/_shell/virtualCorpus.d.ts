// What scripts/corpus.ts serves to pages.

declare module "virtual:corpus" {
  /** This repository's own prose and sources in one text. */
  export const corpus: string;
}
