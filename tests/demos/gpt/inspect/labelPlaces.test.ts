// Labels on the map: they touch neither each other, nor a mark, nor the edge.

import { expect, test } from "vitest";
import { type LabelledPoint, placeLabels } from "../../../../demos/gpt/inspect/labelPlaces.ts";

const area = { width: 200, height: 100, gap: 5 };
const label = { width: 20, height: 10 };

test("a label stands to the right, else to the left, else above, else below", () => {
  const alone = (x: number, y: number, width = 20) => placeLabels([{ ...label, x, y, width }], area)[0];
  expect(alone(100, 50)).toEqual({ dx: 5, dy: -5 });
  expect(alone(190, 50)).toEqual({ dx: -25, dy: -5 });
  expect(alone(100, 50, 150)).toEqual({ dx: -75, dy: -15 });
  expect(alone(100, 12, 150)).toEqual({ dx: -75, dy: 5 });
  expect(alone(100, 50, 300)).toBeUndefined();
});

test("of many, those that come first have a label, and none meets another or a mark", () => {
  const points: LabelledPoint[] = Array.from({ length: 40 }, (_, index) => ({
    ...label,
    x: 100 + 80 * Math.sin(12.9898 * (index + 1)),
    y: 50 + 45 * Math.sin(78.233 * (index + 1)),
  }));
  const places = placeLabels(points, area);
  const boxes = points.flatMap(({ x, y, width, height }, index) => {
    const place = places[index];
    if (place === undefined) return [];
    const [left, top] = [x + place.dx, y + place.dy];
    return [{ left, top, right: left + width, bottom: top + height }];
  });
  expect(boxes.length).toBeGreaterThan(5);
  expect(boxes.length).toBeLessThan(points.length);
  for (const [index, a] of boxes.entries()) {
    expect(a.left >= 0 && a.top >= 0 && a.right <= area.width && a.bottom <= area.height).toBe(true);
    for (const b of boxes.slice(index + 1)) {
      expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    }
    for (const { x, y } of points) {
      expect(x > a.left && x < a.right && y > a.top && y < a.bottom).toBe(false);
    }
  }
});
