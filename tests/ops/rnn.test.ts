import { UsageError } from "../../src/base/errors.ts";
import { type Nonlinearity, rnn } from "../../src/ops/index.ts";
import { testTwiceDifferentiated } from "./recurrentCases.ts";
import { f32, networkErrors, weights } from "./recurrentErrors.ts";
import { testErrors } from "./testOp.ts";

testTwiceDifferentiated("rnn", 1, rnn, 1);

testErrors("rnn", [
  ...networkErrors("rnn", 1, rnn),
  {
    name: "another function",
    run: () => rnn(f32(5, 4, 3), [weights(1)], { nonlinearity: "Tanh" as Nonlinearity }),
    error: UsageError,
    text: 'rnn: nonlinearity is "Tanh"; it must be "tanh" or "relu".',
  },
]);
