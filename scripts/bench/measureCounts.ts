// Counts what every case of ours has to do, without a GPU.
//
// Decides: the device for which plans are made. Its limits are those of common GPUs and stand here, so that the counts
// are the same on every machine. Loaded through Vite, since the engine imports its shaders as text.

import { countedCases, type PlanCounts, planCounts } from "../../bench/planCounts.ts";
import type { ProfileName } from "../../bench/report.ts";
import { stubDevice } from "../../tests/setup/stubDevice.ts";

const limits = {
  maxBufferSize: 2 ** 30,
  maxStorageBufferBindingSize: 2 ** 30,
  maxStorageBuffersPerShaderStage: 10,
  maxComputeWorkgroupsPerDimension: 65535,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeInvocationsPerWorkgroup: 256,
};

/** Of all cases. */
export async function measureCounts(profile: ProfileName): Promise<Record<string, PlanCounts>> {
  const counts: Record<string, PlanCounts> = {};
  for (const name of countedCases) {
    const { device } = stubDevice();
    counts[name] = await planCounts(name, profile, { ...device, limits } as unknown as GPUDevice);
  }
  return counts;
}
