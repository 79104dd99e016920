// The distributions that a generator learns: what each is, and points drawn from it. Plain values, no GPU.
//
// Decides: shapes and noise. All of them lie within -1 and 1 on both axes.

import { type Dot, decodeDots } from "./drawing.ts";
import { normalFrom, type PointRandom, pointRandom } from "./pointRandom.ts";

export const DISTRIBUTION_NAMES = ["ring", "grid", "moons", "spiral", "line", "gaussian", "drawn"] as const;
export type DistributionName = (typeof DISTRIBUTION_NAMES)[number];

/** Half the width of the square that is looked at. */
export const FIELD_REACH = 1.2;

/** Clouds that a distribution consists of: normal, round, equally likely. */
export interface Modes {
  readonly centres: readonly Dot[];
  readonly deviation: number;
}

export interface Distribution {
  /** x and y of each point, one behind the other: [count, 2]. */
  readonly points: Float32Array<ArrayBuffer>;
  /** Undefined where the distribution has none that could be counted. */
  readonly modes: Modes | undefined;
}

const RING = { count: 8, radius: 0.7, deviation: 0.05 };
const GRID = { side: 5, reach: 0.72, deviation: 0.03 };
const DRAWN_DEVIATION = 0.035;
const NOISE = 0.03;

/** `count` points of the distribution `name`; those of "drawn" come from `drawing`. The same seed gives the same points. */
export function distributionOf(
  name: DistributionName,
  drawing: string,
  seed: number,
  count: number,
): Distribution {
  const random = pointRandom(seed);
  const modes = modesOf(name);
  const draw = modes === undefined ? shapeOf(name, drawing) : drawMode(modes);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const { x, y } = draw(random);
    points[2 * i] = x;
    points[2 * i + 1] = y;
  }
  return { points, modes };
}

/** The clouds of a distribution; undefined where it is another shape. */
export function modesOf(name: DistributionName): Modes | undefined {
  if (name === "gaussian") return { centres: [{ x: 0.25, y: 0.2 }], deviation: 0.2 };
  if (name === "ring") {
    const { count, radius, deviation } = RING;
    const centres = Array.from({ length: count }, (_, index) => {
      const angle = (2 * Math.PI * index) / count;
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
    });
    return { centres, deviation };
  }
  if (name !== "grid") return undefined;
  const { side, reach, deviation } = GRID;
  const place = (index: number) => reach * ((2 * index) / (side - 1) - 1);
  const centres = Array.from({ length: side * side }, (_, index) => {
    return { x: place(index % side), y: place(Math.floor(index / side)) };
  });
  return { centres, deviation };
}

type Draw = (random: PointRandom) => Dot;

function drawMode({ centres, deviation }: Modes): Draw {
  return (random) => near(centres[Math.floor(random() * centres.length)], deviation, random);
}

function shapeOf(name: DistributionName, drawing: string): Draw {
  switch (name) {
    case "moons":
      return (random) => near(moon(random() < 0.5, Math.PI * random()), NOISE, random);
    case "spiral":
      // The square root: as many points for each length of the line.
      return (random) => near(spiral(random() < 0.5, Math.sqrt(random())), 0.6 * NOISE, random);
    case "line":
      return (random) => {
        const place = 2 * random() - 1;
        return near({ x: 0.75 * place, y: 0.5 * place }, NOISE, random);
      };
    default:
      return drawMode({ centres: drawnDots(drawing), deviation: DRAWN_DEVIATION });
  }
}

/** Of an empty drawing: one dot in the middle, so that there is something to learn. */
function drawnDots(drawing: string): readonly Dot[] {
  const dots = decodeDots(drawing) ?? [];
  return dots.length > 0 ? dots : [{ x: 0, y: 0 }];
}

function near({ x, y }: Dot, deviation: number, random: PointRandom): Dot {
  return { x: x + deviation * normalFrom(random), y: y + deviation * normalFrom(random) };
}

function moon(isUpper: boolean, angle: number): Dot {
  const side = isUpper ? 1 : -1;
  return { x: 0.5 * side * Math.cos(angle) - 0.25 * side, y: side * (0.5 * Math.sin(angle) - 0.12) };
}

function spiral(isFirst: boolean, place: number): Dot {
  const angle = 3 * Math.PI * place + (isFirst ? 0 : Math.PI);
  const radius = 0.08 + 0.72 * place;
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}
