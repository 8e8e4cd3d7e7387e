import { readFile } from "node:fs/promises";
import { processesBelow, processName } from "../../../scripts/stage/memory-watch.ts";
import type { Product } from "../../../scripts/stage/product.ts";

/** Kills the process of one zone as nothing can prevent; its supervisor starts it again by itself. */
export async function killZone(product: Product, zone: string): Promise<void> {
  for (const pid of processesBelow(new Set([product.process.pid ?? 0]))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (processName(command.split("\0")) !== zone) continue;
    process.kill(pid, "SIGKILL");
    return;
  }
  throw new Error(`no process of ${zone} is running`);
}
