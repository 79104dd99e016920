// Numbers as colours: viridis for magnitudes, blue to orange for signs, ink for gray values.
//
// A map is 256 colours, so that painting a picture is one look-up for each pixel.

/** 256 colours, four bytes each: red, green, blue, alpha. */
export type ColourMap = Uint8ClampedArray;

type Colour = readonly [red: number, green: number, blue: number];

/** Viridis (Smith and van der Walt, 2015) at nine even places. */
const VIRIDIS = "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725".split(" ").map(parseHex);

/** From nothing to much. */
export const viridis: ColourMap = between(VIRIDIS);

/** From most negative (blue) over `middle`, which stands for 0, to most positive (orange). */
export function blueToOrange(middle: string): ColourMap {
  return between(["1b4f9c", "5b93d6", middle, "eb9a4a", "b8560a"].map(parseHex));
}

/** From transparent to `ink`. */
export function inkMap(ink: string): ColourMap {
  const [red, green, blue] = parseHex(ink);
  return Uint8ClampedArray.from({ length: 1024 }, (_, index) => [red, green, blue, index >> 2][index % 4]);
}

function parseHex(hex: string): Colour {
  const value = Number.parseInt(hex.replace("#", ""), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** 256 colours evenly along `stops`. */
function between(stops: readonly Colour[]): ColourMap {
  const map = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(place));
    for (let channel = 0; channel < 3; channel++) {
      const from = stops[left][channel];
      map[4 * i + channel] = from + (stops[left + 1][channel] - from) * (place - left);
    }
    map[4 * i + 3] = 255;
  }
  return map;
}
