import { writeFileSync } from "node:fs";
import { switchDocument } from "../src/diagram.ts";

writeFileSync(new URL("../../../docs/switch.md", import.meta.url), switchDocument());
