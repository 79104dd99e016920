// The text of a shader as it is stored in the library as built, where runs written out by number are folded.
//
// Register tiles are written out with named accumulators: sixteen lines that differ in a number. Such a run is stored as
// `#16?line?`, with `'4'2` in the line for the number that is 4 first and then grows by 2, and `'x` for a component that
// goes on to y, z and w. None of these three marks is a character of WGSL.

const COMPONENTS = "xyzw";

/** What was folded (scripts/foldText.ts), as it was. */
export function unfold(folded: string): string {
  return folded.replace(/#(\d+)\?([^?]*)\?/g, (_run, count: string, line: string) =>
    Array.from({ length: Number(count) }, (_, turn) => lineAt(line, turn)).join(""),
  );
}

function lineAt(line: string, turn: number): string {
  return line
    .replace(
      /'(\d+)'(\d+)/g,
      (_number, first: string, step: string) => `${Number(first) + turn * Number(step)}`,
    )
    .replace(/'([xyzw])/g, (_component, first: string) => COMPONENTS[COMPONENTS.indexOf(first) + turn]);
}
