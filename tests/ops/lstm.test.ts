import { UsageError } from "../../src/base/errors.ts";
import { lstm } from "../../src/ops/index.ts";
import { testTwiceDifferentiated } from "./recurrentCases.ts";
import { f32, networkErrors, weights } from "./recurrentErrors.ts";
import { testErrors } from "./testOp.ts";

testTwiceDifferentiated("lstm", 4, lstm, 2);

testErrors("lstm", [
  ...networkErrors("lstm", 4, lstm),
  {
    name: "one state of two",
    run: () => lstm(f32(5, 4, 3), [weights(4)], { cell: f32(1, 4, 2) }),
    error: UsageError,
    text: "lstm: only one of hidden and cell is given; give both or none.",
  },
]);
