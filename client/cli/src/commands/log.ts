import type { Command } from "commander";
import { formatMoment } from "../durations.ts";
import type { Act } from "../act.ts";

export function addLogCommands(root: Command, act: Act): void {
  const log = root.command("log").description("the public log of everything that was done");
  log
    .command("verify")
    .description("verify the log's signature, that it only grew, and that your entries are in it")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const { size, root: head, leaves } = await afterkeep.verifyLog();
        const lines = leaves.map(({ index, at, action }) => `  ${index}  ${formatMoment(at)}  ${action}`);
        return {
          json: { size, root: head, leaves },
          text: [`${size} entries, root ${head}; yours:`, ...lines].join("\n"),
        };
      }),
    );
}
