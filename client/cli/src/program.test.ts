import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey, thumb } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { openHome } from "./home.ts";
import { buildProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

type Run = { readonly exitCode: number; readonly out: string; readonly err: string };

/** Runs a command in a home of its own, without a terminal, against a port where nobody listens. */
async function withHome(
  work: (run: (...args: string[]) => Promise<Run>, home: string) => Promise<void>,
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "afterkeep-cli-"));
  const run = async (...args: string[]): Promise<Run> => {
    const said = { out: "", err: "" };
    const terminal: Terminal = {
      env: { AFTERKEEP_HOME: home, AFTERKEEP_SERVER: "http://127.0.0.1:9" },
      isInteractive: false,
      print: (text) => void (said.out += `${text}\n`),
      note: (text) => void (said.err += `${text}\n`),
      progress: () => undefined,
      ask: () => Promise.reject(new Error("asked without a terminal")),
      askSecret: () => Promise.reject(new Error("asked without a terminal")),
      readStdin: () => Promise.resolve(""),
    };
    return { exitCode: await buildProgram(terminal).run(args), ...said };
  };
  try {
    await work(run, home);
  } finally {
    await rm(home, { recursive: true });
  }
}

describe("the command", () => {
  it("ends with 2 when it was called wrongly, and says how", () =>
    withHome(async (run) => {
      for (const args of [["nothing"], ["account", "create"], ["bequest", "arm"], ["document", "seal"]]) {
        expect([args, (await run(...args)).exitCode]).toEqual([args, 2]);
      }
      expect((await run("bequest", "create", "--title", "x", "--interval", "soon")).err).toContain("not a duration");
    }));

  it("ends with 5 when nobody answers, and a check-in says that it did not count", () =>
    withHome(async (run) => {
      const outcome = await run("status", "--json");
      expect(outcome.exitCode).toBe(5);
      expect(JSON.parse(outcome.out)).toMatchObject({ error: { code: "unreachable" } });
    }));

  it("checks in with a key's file that is private and a key's, and looks at nothing else of this device", () =>
    withHome(async (run, home) => {
      const file = join(home, "job.json");
      expect((await run("checkin", "--key", file)).exitCode).toBe(2);
      await writeFile(file, "{}", { mode: 0o644 });
      const readable = await run("checkin", "--key", file);
      expect([readable.exitCode, readable.err]).toEqual([2, expect.stringContaining("chmod 600")]);
      await chmod(file, 0o600);
      expect((await run("checkin", "--key", file)).exitCode).toBe(3);
      for (const more of [
        ["--leave", "x"],
        ["--link", "x"],
        ["--link-file", "x"],
        ["--keyholder", "x"],
      ])
        expect((await run("checkin", "--key", file, ...more)).exitCode).toBe(2);
      const key = { v: 1, what: "afterkeep-delegate", server: "http://127.0.0.1:9", account: "A".repeat(22) };
      const hash = "A".repeat(43);
      const keyholder = { publicKey: hash, thumb: hash, nextKey: hash, mode: "real" };
      const rest = { seed: hash, keyholder, head: { seq: 1, id: hash }, seen: { epoch: 1, counter: 1 } };
      await writeFile(file, JSON.stringify({ ...key, ...rest }));
      const away = await run("checkin", "--key", file);
      expect([away.exitCode, away.err]).toEqual([5, expect.stringContaining("This check-in did NOT count.")]);
      expect(await readdir(home)).toEqual(["job.json"]);
    }));

  it("makes no key where a file is, and leaves none behind where nobody answers", () =>
    withHome(async (run, home) => {
      const file = join(home, "job.json");
      await writeFile(file, "mine");
      expect((await run("delegate", "create", "--out", file)).exitCode).toBe(2);
      expect(await readFile(file, "utf8")).toBe("mine");
      const other = join(home, "other.json");
      expect((await run("delegate", "create", "--out", other)).exitCode).not.toBe(0);
      expect(await readdir(home)).not.toContain("other.json");
    }));

  it("ends with 3 when it refuses", () =>
    withHome(async (run, home) => {
      await writeFile(join(home, "pass"), "too short\n");
      const outcome = await run(
        "account",
        "create",
        "--email",
        "a@b.example",
        "--name",
        "A",
        "--passphrase-file",
        join(home, "pass"),
        "--json",
      );
      expect([outcome.exitCode, JSON.parse(outcome.out)]).toMatchObject([
        3,
        { error: { code: "passphrase-too-short" } },
      ]);
    }));

  it("takes no passphrase as an argument, and asks nobody where nobody is", () =>
    withHome(async (run) => {
      expect(
        (await run("account", "create", "--email", "a@b.example", "--name", "A", "--passphrase", "x")).exitCode,
      ).toBe(2);
      expect((await run("account", "login", "--email", "a@b.example")).err).toContain("--passphrase-file");
    }));

  it("warns when a secret link stands among the arguments, and understands only links of its own", () =>
    withHome(async (run) => {
      const link = `http://x/checkin#${"A".repeat(43)}`;
      expect((await run("checkin", "--link", link)).err).toContain("the link is a secret");
      expect((await run("checkin", "--link", "http://x/checkin#short")).exitCode).toBe(2);
    }));

  it("prints help as an answer", () => withHome(async (run) => expect((await run("--help")).exitCode).toBe(0)));
});

/** A server that says only who it is, on a free port of 127.0.0.1. */
async function withServer(work: (url: string, asked: string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const { publicKey } = generateSigningKey();
  const keyholder = {
    publicKey: encodeBase64url(publicKey),
    thumb: thumb(publicKey),
    nextKey: "A".repeat(43),
    mode: "real",
    factor: 1,
    probe: "self",
    epoch: 0,
  };
  const about = {
    product: "afterkeep",
    version: "0",
    mode: "local",
    publicUrl: "",
    now: 0,
    keyholder,
    logVerifierKey: "",
  };
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "application/json").end(JSON.stringify(about));
  });
  const port = await listen(server);
  try {
    await work(`http://127.0.0.1:${port}`, asked);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Listens on a port of loopback that nobody has. */
async function listen(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isListening = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isListening) return port;
  }
}

describe("--keyholder", () => {
  it("refuses another keyholder before anything is sent to it, and remembers nothing", () =>
    withServer((url, asked) =>
      withHome(async (run, home) => {
        await writeFile(join(home, "link"), `${url}/checkin#${"A".repeat(43)}`);
        await writeFile(join(home, "pass"), "lantern gravel otter midnight\n");
        const passphrase = ["--passphrase-file", join(home, "pass")];
        for (const command of [
          ["checkin", "--link-file", join(home, "link")],
          ["account", "login", "--email", "a@b.example", ...passphrase],
          ["account", "create", "--email", "a@b.example", "--name", "A", ...passphrase],
        ]) {
          const outcome = await run("--server", url, ...command, "--keyholder", "B".repeat(43), "--json");
          expect([outcome.exitCode, JSON.parse(outcome.out)]).toMatchObject([
            3,
            { error: { code: "keyholder-changed" } },
          ]);
        }
        expect(asked).toEqual(["/v1/server", "/v1/server", "/v1/server"]);
        expect(await readdir(home)).not.toContain("profile.json");
      }),
    ));
});

describe("a home folder", () => {
  it("is its owner's alone, and keeps secrets apart from what may be shown", () =>
    withHome(async (_run, home) => {
      const { path, store } = await openHome({ AFTERKEEP_HOME: join(home, "new") });
      expect((await stat(path)).mode & 0o777).toBe(0o700);
      await store.saveSecrets({
        v: 1,
        device: "s3cret",
        session: null,
        recipientSession: null,
        recipientIdentities: {},
      });
      const profile = {
        v: 1,
        server: "http://x",
        account: "",
        email: "",
        displayName: "",
        ownerThumb: "",
        keyholder: null,
        seen: { epoch: 1, counter: 7 },
        head: null,
        restored: null,
        lastReceipt: "",
        log: null,
        labels: {},
        unreceipted: null,
        armed: [],
        owners: {},
      } as const;
      await store.save(profile);
      expect(await store.load()).toEqual(profile);
      expect((await readdir(path)).sort()).toEqual(["profile.json", "secrets.json"]);
      for (const name of ["profile.json", "secrets.json"])
        expect((await stat(join(path, name))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(path, "profile.json"), "utf8")).not.toContain("s3cret");
    }));

  it("refuses a file that it did not write", () =>
    withHome(async (run, home) => {
      await writeFile(join(home, "profile.json"), '{"v":2}');
      expect((await run("status")).exitCode).toBe(2);
    }));
});
