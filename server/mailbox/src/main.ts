import { runZone } from "@afterkeep/platform";
import { startMailbox } from "./start-mailbox.ts";

await runZone("mailbox", startMailbox);
