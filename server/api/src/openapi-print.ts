import { describeApi } from "./http/openapi.ts";

// specs/openapi.json is this program's output; the verification compares them.
process.stdout.write(`${JSON.stringify(await describeApi(), null, 2)}\n`);
