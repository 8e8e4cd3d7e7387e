import { mkdtemp, readFile, rm, statfs } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { basename, join } from "node:path";
import { inspect, parseArgs } from "node:util";
import { awaitMail } from "../stage/await-mail.ts";
import { hashFile, writeLargeFile } from "../stage/belongings.ts";
import { processesBelow, watchMemory } from "../stage/memory-watch.ts";
import { aPerson, type Person } from "../stage/person.ts";
import { type Product, startProduct } from "../stage/product.ts";
import { keepInBrowser } from "./in-a-browser.ts";
import { megabytes, type Scene } from "./scene.ts";
import { announce, sealAndOpen } from "./with-the-command-line.ts";

const { values } = parseArgs({
  options: {
    gigabytes: { type: "string", default: "5" },
    folder: { type: "string", default: tmpdir() },
    only: { type: "string", default: "" },
  },
});

const bytes = Math.round(Number(values.gigabytes) * 1e9);
const announcedBytes = 50_000_000_000;
/** Each process, bytes. */
const mostMemory = 200_000_000;
const passphrase = "lantern gravel otter midnight 47";
const say = (line: string): void => console.log(line);

await refuseSmallDisk();
const stopped = untilStopped();
const folder = await mkdtemp(join(values.folder, "afterkeep-large-"));
const failures: string[] = [];
try {
  const product = await startProduct({ data: join(folder, "data"), mode: "local" });
  try {
    await Promise.race([tell(product), stopped]);
  } finally {
    await product.stop();
  }
} catch (error) {
  failures.push(inspect(error));
} finally {
  endStrays();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}
for (const failure of failures) say(`FAILED: ${failure}`);
if (failures.length === 0) say("\nEverything held.");
// Why at once: after a failure the watch of the memory would keep this process alive.
process.exit(failures.length === 0 ? 0 : 1);

async function tell(product: Product): Promise<void> {
  say(`${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${megabytes(totalmem())} memory, Node ${process.version}`);
  const scene = await setUp(product);
  if (values.only !== "browser") {
    say(`\nWith the command line, ${megabytes(bytes)}:`);
    await sealAndOpen(scene);
    await announce(scene, announcedBytes);
  }
  if (values.only !== "cli") {
    say(`\nIn Chromium, ${megabytes(bytes)}:`);
    const { growth, peaks } = await keepInBrowser(scene);
    sayPeaks("Peak resident memory of Chromium's processes, by type", peaks);
    sayPeaks("Of that, above what each took with the vault open and nothing under way", growth);
    const renderer = growth.get("renderer") ?? Infinity;
    if (renderer > mostMemory) failures.push(`the page grew by ${megabytes(renderer)}`);
  }
  const peaks = await scene.memory.stop();
  sayPeaks("Peak resident memory of the command line and of each server process", peaks);
  for (const [name, peak] of peaks) if (peak > mostMemory) failures.push(`${name} took ${megabytes(peak)}`);
}

/** Rejects on Ctrl-C and the like. Why: whoever loses patience must not be left with what takes four times the size on their disk. */
function untilStopped(): Promise<never> {
  const stop = new Promise<never>((_, reject) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(name, () => reject(new Error(`Stopped by ${name}.`)));
  });
  stop.catch(() => undefined);
  return stop;
}

/** Commands and browsers that are still at it after the product has ended. */
function endStrays(): void {
  for (const pid of processesBelow(new Set([process.pid]))) {
    try {
      if (pid !== process.pid) process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

async function setUp(product: Product): Promise<Scene> {
  const path = join(folder, "large.bin");
  await writeLargeFile(path, bytes);
  const file = { path, bytes, sha256: await hashFile(path) };
  const owner = await aPerson({ name: "Clara", folder: join(folder, "clara"), server: product.url });
  const totpSecret = await signUp(owner, product);
  const memory = watchMemory(product.process.pid ?? 0);
  const name = basename(path);
  return { product, owner, passphrase, totpSecret, file, name, folder, memory, say: (line) => say(`  ${line}`) };
}

async function signUp(owner: Person, product: Product): Promise<string> {
  const secrets = [
    "--passphrase-file",
    await owner.keep("passphrase", `${passphrase}\n`),
    "--totp-secret-file",
    "totp",
  ];
  await owner.run("account", "create", "--email", owner.email, "--name", owner.name, ...secrets, "--kit", "kit.txt");
  const { link } = await awaitMail(product, { to: owner.email, link: "verify" });
  await owner.run("account", "verify-email", "--link-file", await owner.keep("link", link));
  return (await readFile(join(owner.folder, "totp"), "utf8")).trim();
}

function sayPeaks(what: string, peaks: ReadonlyMap<string, number>): void {
  say(`\n${what}:`);
  for (const [name, peak] of [...peaks].sort((a, b) => b[1] - a[1])) say(`  ${megabytes(peak).padStart(8)}  ${name}`);
}

/** The file, what the server keeps of it twice, and what is opened again, each the size of the file. */
async function refuseSmallDisk(): Promise<void> {
  const { bavail, bsize } = await statfs(values.folder);
  const needed = 4.2 * bytes + 2e9;
  if (bavail * bsize >= needed) return;
  say(
    `This needs ${megabytes(needed)} free in ${values.folder}; ${megabytes(bavail * bsize)} are. Name another --folder.`,
  );
  process.exit(1);
}
