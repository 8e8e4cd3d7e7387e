import { runZone } from "@afterkeep/platform";
import { startClock } from "./start-clock.ts";

await runZone("clock", startClock);
