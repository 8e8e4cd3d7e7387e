import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { asAdmin, startPostgres } from "@afterkeep/platform";
import { SMTPServer } from "smtp-server";
import { describe, expect, it } from "vitest";
import { listenOnFreePort } from "../../scripts/stage/free-ports.ts";
import { aPerson } from "../../scripts/stage/person.ts";
import { type Product, startProduct } from "../../scripts/stage/product.ts";

const owner = "clara@example.org";

/** The operator's own mail server, on loopback, that remembers what it took. */
async function withMailServer(work: (url: string, mails: string[]) => Promise<void>): Promise<void> {
  const mails: string[] = [];
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    disabledCommands: ["STARTTLS"],
    onData: (stream, _session, done) =>
      // Whoever was sending may give up in the middle of it: half a mail is none.
      void text(stream).then(
        (raw) => done(void mails.push(raw)),
        () => {},
      ),
  });
  const port = await listenOnFreePort(server.server);
  try {
    await work(`smtp://127.0.0.1:${port}`, mails);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** The operator's own PostgreSQL on a unix socket, with an empty database. */
async function withPostgres(folder: string, work: (databaseUrl: string) => Promise<void>): Promise<void> {
  const places = { homeDir: join(folder, "postgres"), secretsDir: join(folder, "secrets") };
  const postgres = await startPostgres({ ...places, durable: false });
  try {
    const { user, password, host } = postgres.admin;
    await asAdmin(postgres.admin, (client) => client.query("create database vault"));
    await work(`postgres://${user}:${encodeURIComponent(password)}@localhost/vault?host=${encodeURIComponent(host)}`);
  } finally {
    await postgres.stop();
  }
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-production-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function aSealFile(folder: string, name: string): Promise<string> {
  await writeFile(join(folder, name), randomBytes(32), { mode: 0o600 });
  return join(folder, name);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
  });
}

/** What every key file of these zones is, sealed: a version and bytes that say nothing. */
async function expectSealed(path: string): Promise<void> {
  const file: unknown = JSON.parse(await readFile(path, "utf8"));
  expect(file, path).toEqual({ v: 2, sealed: expect.stringMatching(/^[A-Za-z0-9_-]+$/) });
}

describe("the product in production mode", () => {
  it("starts on the operator's mail server and PostgreSQL, with sealed keys and no mailbox, and again with the same keys", () =>
    withFolder((folder) =>
      withMailServer((smtpUrl, mails) =>
        withPostgres(folder, async (databaseUrl) => {
          const data = join(folder, "data");
          const environment = {
            AFTERKEEP_SMTP_URL: smtpUrl,
            AFTERKEEP_PUBLIC_URL: "https://localhost:20999",
            AFTERKEEP_KMS_SEAL_FILE: await aSealFile(folder, "kms.seal"),
            AFTERKEEP_KEYHOLDER_SEAL_FILE: await aSealFile(folder, "keyholder.seal"),
            DATABASE_URL: databaseUrl,
          };
          const start = () => startProduct({ data, mode: "production", environment });
          const first = await start();
          const described = await thenStop(first, async () => {
            expect(await isListening(portOf(first.mailboxUrl))).toBe(false);
            expect(await isListening(portOf(first.mailboxUrl) + 1)).toBe(false);
            await makeAccount(first.url, join(folder, "clara"));
            await expect.poll(() => mails.join("\n"), { timeout: 60_000 }).toContain(`To: ${owner}`);
            return askServer(first.url);
          });
          expect(described).toMatchObject({ mode: "production", publicUrl: environment.AFTERKEEP_PUBLIC_URL });
          expect(first.said()).not.toContain("Mailbox");
          expect(existsSync(join(data, "postgres"))).toBe(false);
          await expectSealed(join(data, "kms", "keys.json"));
          for (const name of ["signing.key", "share.kek", "blob.identity"])
            await expectSealed(join(data, "keyholder", name));
          expect(await accountsIn(databaseUrl)).toBe(1);
          const again = await start();
          const describedAgain = await thenStop(again, () => askServer(again.url));
          expect(describedAgain.keyholder).toEqual(described.keyholder);
        }),
      ),
    ));

  it("does not start with another zone's seal file, and harms nothing", () =>
    withFolder(async (folder) => {
      const [data, one, two] = [join(folder, "data"), await aSealFile(folder, "one"), await aSealFile(folder, "two")];
      const start = (kms: string, keyholder: string) =>
        startProduct({
          data,
          mode: "local",
          environment: { AFTERKEEP_KMS_SEAL_FILE: kms, AFTERKEEP_KEYHOLDER_SEAL_FILE: keyholder },
        });
      await (await start(one, two)).stop();
      const keys = await filesOf(data);
      await expect(start(two, one)).rejects.toThrow(/keys\.json was sealed with another seal file/);
      expect(await filesOf(data)).toEqual(keys);
      await (await start(one, two)).stop();
    }));
});

async function thenStop<Result>(product: Product, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await product.stop();
  }
}

type Described = { mode: string; publicUrl: string; keyholder: { thumb: string } };

async function askServer(url: string): Promise<Described> {
  return (await (await fetch(`${url}/v1/server`)).json()) as Described;
}

async function makeAccount(server: string, folder: string): Promise<void> {
  const clara = await aPerson({ name: "Clara", email: owner, folder, server });
  const passphrase = await clara.keep("passphrase", "quiet harbour lanterns over seven stones\n");
  const files = ["--passphrase-file", passphrase, "--totp-secret-file", join(folder, "totp-secret")];
  await clara.run("account", "create", "--email", owner, "--name", "Clara", "--kit", join(folder, "kit.txt"), ...files);
}

async function accountsIn(databaseUrl: string): Promise<unknown> {
  const { hostname, searchParams, username, password, pathname } = new URL(databaseUrl);
  const host = searchParams.get("host") ?? hostname;
  const config = { host, user: username, password: decodeURIComponent(password), database: pathname.slice(1) };
  const found = await asAdmin(config, (client) => client.query<{ count: number }>("select count(*)::int from account"));
  return found.rows[0]?.count;
}

/** The key files of a data folder, by path. */
async function filesOf(data: string): Promise<Record<string, string>> {
  const paths = ["kms", "keyholder"].map((zone) => join(data, zone));
  const files: Record<string, string> = {};
  for (const path of paths)
    for (const name of await readdir(path))
      if (/keys\.json|\.key$|\.kek$|\.identity$/.test(name))
        files[join(path, name)] = await readFile(join(path, name), "utf8");
  return files;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
