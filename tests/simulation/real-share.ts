import { simulated } from "./simulated.ts";
import type { Report } from "./report.ts";

/** Lives one vault-year of a hundred with real signatures, real age files and a real disk, in a process of its own. */
export async function liveRealShare(seed: string, vaultYears: number): Promise<Report> {
  const share = String(Math.max(1, Math.round(vaultYears / 100)));
  return simulated("--signatures", "real", "--worlds", "small", "--seed", `${seed}/real`, "--vault-years", share);
}
