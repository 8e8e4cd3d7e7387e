import { runZone } from "@afterkeep/platform";
import { startAuditor } from "./start-auditor.ts";

await runZone("auditor", startAuditor);
