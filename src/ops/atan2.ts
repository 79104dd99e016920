// atan2: the angle of a point.

import arc from "../../shaders/lib/arc.wgsl?raw";
import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import { add } from "./add.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { equal } from "./equal.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";
import { where } from "./where.ts";

/**
 * The angle from -pi to pi of the point (b, a): the arc tangent of a / b in the quadrant of the two. Shapes broadcast;
 * integers count as f32. At (0, 0) the gradient is 0. Source: torch.atan2.
 */
export const atan2: BinaryOp = defineBinary({
  name: "atan2",
  dtypes: floating,
  reference: ([a, b]) => Math.atan2(a, b),
  wgsl: ([a, b], { call }) => call("arc_tangent_two", a, b),
  libraries: [arc, floatBits],
  flops: 30,
  gradient({ dy, inputs: [a, b] }) {
    const squares = add(square(a), square(b));
    const share = div(dy, where(equal(squares, 0), 1, squares));
    return [mul(share, b), neg(mul(share, a))];
  },
});
