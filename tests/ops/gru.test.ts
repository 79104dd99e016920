import { gru } from "../../src/ops/index.ts";
import { testTwiceDifferentiated } from "./recurrentCases.ts";
import { networkErrors } from "./recurrentErrors.ts";
import { testErrors } from "./testOp.ts";

testTwiceDifferentiated("gru", 3, gru, 1);

testErrors("gru", networkErrors("gru", 3, gru));
