// Device profiles for tests that compile without a GPU.

import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";

export const gpuProfile: DeviceProfile = DEFAULT_PROFILE;
export const fallbackProfile: DeviceProfile = { ...DEFAULT_PROFILE, kind: "fallback" };
