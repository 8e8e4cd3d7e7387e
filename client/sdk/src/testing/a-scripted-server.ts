import { encodeBase64url, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, hash, sign, type SigningKey, thumb } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { type Receipt, signedStatement, type StatementBody, statementIdOf, zeroHash } from "@afterkeep/statements";
import type { DelegateKey } from "../delegate-key.ts";

type Challenge = StatementBody<"challenge">;

/** A server and its keyholder for one job alone, who say whatever a test has them say. */
export type ScriptedServer = {
  readonly key: DelegateKey;
  readonly fetch: typeof fetch;
  /** Paths that were called. */
  readonly called: string[];
  /** The receipts that came with requests for a challenge; empty for none. */
  readonly shown: string[];
  /** The last receipt that was given. */
  last: string;
  keyholder: SigningKey;
  changeChallenge: (honest: Challenge) => Challenge;
  changeReceipt: (honest: Receipt) => Receipt;
  /** Instead of the receipt that is made. */
  receipt: ((honest: string) => string) | null;
  /** Instead of any answer to the check-in. */
  answer: (() => Response) | null;
};

const server = "http://afterkeep.test";
const at = 1_700_000_000_000;
const dayMs = 86_400_000;
export const newHash = () => encodeBase64url(randomBytes(32));

export async function aScriptedServer(): Promise<ScriptedServer> {
  const keyholder = generateSigningKey();
  const account = newId(at, randomBytes);
  const b = newId(at, randomBytes);
  const blobKey = await recipientOf(await generateIdentity("hybrid"));
  const nextKey = encodeBase64url(hash(keyholder.publicKey));
  const pinned = { publicKey: encodeBase64url(keyholder.publicKey), thumb: thumb(keyholder.publicKey), nextKey };
  const key: DelegateKey = {
    v: 1,
    what: "afterkeep-delegate",
    server,
    account,
    seed: newHash(),
    keyholder: { ...pinned, mode: "real" },
    head: { seq: 4, id: newHash() },
    seen: { epoch: 1, counter: 10 },
    receipt: "",
  };
  let counter = key.seen.counter;
  const said: ScriptedServer = {
    key,
    called: [],
    shown: [],
    last: "",
    keyholder,
    changeChallenge: (honest) => honest,
    changeReceipt: (honest) => honest,
    receipt: null,
    answer: null,
    fetch: async (input, init = {}) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname;
      said.called.push(path);
      if (path === "/v1/server") return json(infoOf(said));
      const body = JSON.parse(typeof init.body === "string" ? init.body : "") as {
        statement: string;
        receipt?: string;
      };
      if (path.endsWith("/challenges")) {
        said.shown.push(body.receipt ?? "");
        return json({ challenge: await challenge(said, blobKey) });
      }
      if (said.answer !== null) return said.answer();
      const { statement } = body;
      const made = await receiptFor(said, { b, statement, counter: ++counter });
      said.last = said.receipt === null ? made : said.receipt(made);
      return json({ receipt: said.last });
    },
  };
  return said;
}

function infoOf({ keyholder, key }: ScriptedServer) {
  const publicKey = encodeBase64url(keyholder.publicKey);
  const { nextKey, mode } = key.keyholder;
  return {
    ...{ product: "afterkeep", version: "0.1.0", mode: "local", publicUrl: server, now: at, logVerifierKey: "key" },
    keyholder: { publicKey, thumb: thumb(keyholder.publicKey), nextKey, mode, factor: 1, probe: "public", epoch: 1 },
  };
}

async function challenge(said: ScriptedServer, blobKey: string): Promise<string> {
  const { account, keyholder } = said.key;
  const honest: Challenge = {
    ...{ aud: keyholder.thumb, account, purpose: "checkin", challenge: newHash(), expires: at + dayMs, blobKey },
    head: { seq: 0, id: zeroHash },
    pending: [],
  };
  return (await signedStatement("challenge", said.changeChallenge(honest), signerOf(said.keyholder))).jws;
}

async function receiptFor(
  said: ScriptedServer,
  { b, statement, counter }: { b: string; statement: string; counter: number },
): Promise<string> {
  const payload = JSON.parse(Buffer.from(statement.split(".")[1] ?? "", "base64url").toString()) as { nonce: string };
  const { account, head, keyholder } = said.key;
  const left = 47 * dayMs;
  const row = { b, g: 1, policyHash: newHash(), manifestHash: newHash(), state: "armed" as const, used: 0, left };
  const honest: Receipt = {
    ...{ account, statement: statementIdOf(statement), nonce: payload.nonce, epoch: 1, counter, head, mode: "real" },
    ...{ probe: "public", at, nextKey: keyholder.nextKey },
    rows: [{ ...row, earliest: { silence: at + left, request: 0 } }],
    pending: { requests: [], loosenings: [] },
    weak: { class: "delegated", rows: [{ b, left: 60 * dayMs }] },
  };
  return (await signedStatement("receipt", said.changeReceipt(honest), signerOf(said.keyholder))).jws;
}

const signerOf = (key: SigningKey) => ({
  publicKey: key.publicKey,
  sign: (message: Uint8Array) => sign(message, key),
});

function json(body: object): Response {
  return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
}
