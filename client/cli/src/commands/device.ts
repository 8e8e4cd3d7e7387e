import type { Command } from "commander";
import type { Act } from "../act.ts";
import { answerOf } from "./check-in.ts";

export function addDeviceCommands(root: Command, act: Act): void {
  const device = root.command("device").description("the devices whose check-ins count");
  device
    .command("list")
    .description("list them by their public keys")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const devices = await afterkeep.listDevices();
        const lines = devices.map(({ key, isThisOne }) => `${key}${isThisOne ? "  this one" : ""}`);
        return { json: { devices }, text: lines.join("\n") };
      }),
    );
  device
    .command("revoke <key>")
    .description(
      "a lost device: its check-ins count no more, for good, and changes of yours that were still cooling are dropped",
    )
    .action((key: string, _options, command: Command) =>
      act(command, async ({ afterkeep }) => answerOf(await afterkeep.revokeDevice(key), "Revoked.")),
    );
}
