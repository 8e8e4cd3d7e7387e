// A job in a process of its own: `seal|open INPUT OUTPUT KEY WORKERS`. Prints its seconds, without the start of the process.
import { parseIdentity, parseRecipient } from "@afterkeep/formats";
import { openFile, sealFile } from "@afterkeep/sealing/files";

const [direction, input = "", output = "", key = "", workers] = process.argv.slice(2);
const options = { workers: Number(workers) };
const start = performance.now();
if (direction === "seal") await sealFile(input, output, { ...options, recipients: [parseRecipient(key)] });
else await openFile(input, output, { ...options, identities: [parseIdentity(key)] });
console.log((performance.now() - start) / 1000);
