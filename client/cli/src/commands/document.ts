import type { Command } from "commander";
import type { Act } from "../act.ts";
import { addChangeCommands } from "./document/change.ts";
import { addListCommands } from "./document/list.ts";
import { addOpenCommands } from "./document/open.ts";
import { addRecordCommands } from "./document/record.ts";
import { addSealCommands } from "./document/seal.ts";
import { addUploadCommands } from "./document/uploads.ts";
import { addVersionCommands } from "./document/versions.ts";

export function addDocumentCommands(root: Command, act: Act): void {
  const document = root.command("document").description("what lies sealed in your vault");
  for (const add of [
    addSealCommands,
    addUploadCommands,
    addListCommands,
    addOpenCommands,
    addRecordCommands,
    addChangeCommands,
    addVersionCommands,
  ])
    add(document, act);
}
