import { runZone } from "@afterkeep/platform";
import { startKms } from "./start-kms.ts";

await runZone("kms", startKms);
