import { Command } from "commander";
import type { Act } from "./act.ts";
import { addAccountCommands } from "./commands/account.ts";
import { addBequestCommands } from "./commands/bequest.ts";
import { addCheckInCommand } from "./commands/check-in.ts";
import { addDelegateCommands } from "./commands/delegate.ts";
import { addDeviceCommands } from "./commands/device.ts";
import { addDocumentCommands } from "./commands/document.ts";
import { addExportCommand } from "./commands/export.ts";
import { addFileCommands } from "./commands/file.ts";
import { addImportCommand } from "./commands/import.ts";
import { addLogCommands } from "./commands/log.ts";
import { addOperatorCommands } from "./commands/operator.ts";
import { addRecipientCommands } from "./commands/recipient.ts";
import { addReleaseCommands } from "./commands/release.ts";
import { addStatusCommand } from "./commands/status.ts";
import { type GlobalOptions, openContext } from "./context.ts";
import { describeFailure } from "./describe-failure.ts";
import { type Program, ProgramRun, withGlobalOptions } from "./run-program.ts";
import type { Terminal } from "./terminal.ts";

/** The whole command line. `run` answers the exit code and never throws. */
export function buildProgram(terminal: Terminal): Program {
  const root = withGlobalOptions(new Command("afterkeep"), terminal);
  const run = new ProgramRun(terminal, describeFailure);
  const act: Act = (command, work) => {
    const options: GlobalOptions = command.optsWithGlobals();
    return run.answer(options.json === true, async (signal) => work(await openContext(terminal, options, signal)));
  };
  const add = [
    addAccountCommands,
    addDocumentCommands,
    addRecipientCommands,
    addBequestCommands,
    addDeviceCommands,
    addDelegateCommands,
    addReleaseCommands,
    addStatusCommand,
    addLogCommands,
    addExportCommand,
    addImportCommand,
    addOperatorCommands,
  ];
  for (const addTo of add) addTo(root, act);
  addCheckInCommand(root, act, run);
  addFileCommands(root, run, terminal);
  return { run: (args) => run.run(root, args) };
}
