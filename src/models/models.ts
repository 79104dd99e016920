// The list of whole networks.

export { lenet5 } from "./lenet5.ts";
