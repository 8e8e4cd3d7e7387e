import { randomBytes } from "@afterkeep/bytes";
import {
  type Afterkeep,
  createAfterkeep,
  dayMs,
  defaultTimes,
  itemFromNote,
  memoryJournal,
  memoryLocks,
  memoryStore,
  type ProfileStore,
  type UploadJournal,
  type UploadLocks,
} from "@afterkeep/sdk";
import { generateSync } from "otplib";
import { type Stack, withStack } from "../stack/a-stack.ts";
import { aHostileServer, type HostileServer } from "./a-hostile-server.ts";

export type Someone = { readonly afterkeep: Afterkeep; readonly store: ProfileStore };

/** An owner with two sealed documents and a recipient whose words were compared, all over a server that may turn hostile. */
export type Household = {
  readonly stack: Stack;
  readonly server: HostileServer;
  readonly owner: Someone;
  readonly recipient: Someone & { readonly r: string };
  readonly documents: readonly { readonly doc: string; readonly ver: string }[];
  readonly content: Uint8Array;
  readonly totpSecret: string;
  /** The page of the owner's recovery kit. */
  readonly kit: string;
  close(): Promise<void>;
};

export const passphrase = "lantern gravel otter midnight";
export const message = "Dear Bo, these are for you.";

/** Opens the stack for several tests; to be closed after the last. */
export function openHousehold(): Promise<Household> {
  return new Promise((resolve, reject) => {
    const life: Promise<void> = withStack(async (stack) => {
      const parts = await settle(stack);
      await new Promise<void>((finish) => {
        resolve({
          ...parts,
          close: async () => {
            finish();
            await life;
          },
        });
      });
    });
    life.catch(reject);
  });
}

/** The same device in a new process: what it remembers, and nothing else. With the same locks it runs beside the others. */
export function restarted(
  household: Household,
  someone: Someone,
  journal?: UploadJournal,
  locks?: UploadLocks,
): Afterkeep {
  return deviceOf(household.server, someone.store, journal, locks);
}

/** Plans and arms a bequest of the first document for the recipient. */
export async function armBequest({ owner, recipient, documents }: Household): Promise<string> {
  const { b } = await planBequest({ owner, recipient, documents });
  await owner.afterkeep.arm(b);
  return b;
}

export async function planBequest({
  owner,
  recipient,
  documents,
}: Pick<Household, "owner" | "recipient" | "documents">) {
  const people = await owner.afterkeep.listRecipients();
  const known = (await owner.afterkeep.listDocuments()).filter(({ doc }) => doc === documents[0]?.doc);
  return owner.afterkeep.createBequest({
    title: "For Bo",
    message,
    recipients: people.filter(({ r }) => r === recipient.r).map(({ r }) => ({ r, delay: 0 })),
    documents: known.map(({ doc }) => doc),
    times: defaultTimes(30 * dayMs).times,
  });
}

export async function tokenFor(stack: Stack, to: string, kind: string): Promise<string> {
  const mails = await stack.mails();
  const found = mails.findLast((mail) => mail.to === to && mail.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} mail to ${to}`);
  return found.token;
}

async function settle(stack: Stack): Promise<Omit<Household, "close">> {
  const server = aHostileServer(stack);
  const owner = someoneAt(server);
  const pending = await owner.afterkeep.beginSignUp({ email: "ada@example.test", displayName: "Ada", passphrase });
  const { kit } = await pending.finish(codeOf(stack, pending.totpSecret));
  await owner.afterkeep.verifyEmail(await tokenFor(stack, "ada@example.test", "verify-email"));
  const content = randomBytes(1_300_000);
  const documents = await owner.afterkeep.seal([
    itemOf("will.pdf", content),
    itemFromNote({ name: "note", text: "x", modified: 0 }),
  ]);
  const recipient = await joinAs(stack, server, owner);
  return { stack, server, owner, recipient, documents, content, totpSecret: pending.totpSecret, kit: kit.text };
}

async function joinAs(stack: Stack, server: HostileServer, owner: Someone): Promise<Household["recipient"]> {
  const { r } = await owner.afterkeep.inviteRecipient({ email: "bo@example.test", name: "Bo" });
  const someone = someoneAt(server);
  await someone.afterkeep.openInvitation(await tokenFor(stack, "bo@example.test", "invitation"));
  const { words } = await someone.afterkeep.acceptInvitation();
  const { ageKey } = await owner.afterkeep.safetyWordsOf(r);
  await owner.afterkeep.pinRecipient(r, { verified: "words", ageKey, words: words.join(" ") });
  return { ...someone, r };
}

export function someoneAt(server: HostileServer): Someone {
  const store = memoryStore();
  return { store, afterkeep: deviceOf(server, store) };
}

export function codeOf(stack: Stack, secret: string): string {
  stack.clock.advance(60_000);
  return generateSync({ secret, epoch: Math.floor(stack.clock.nowMs() / 1000) });
}

export function itemOf(name: string, content: Uint8Array) {
  return {
    kind: "file" as const,
    name,
    folder: "",
    type: "application/pdf",
    size: content.length,
    modified: 0,
    open: async function* () {
      yield content;
    },
  };
}

function deviceOf(
  server: HostileServer,
  store: ProfileStore,
  journal = memoryJournal(),
  locks = memoryLocks(),
): Afterkeep {
  return createAfterkeep({
    serverUrl: "http://afterkeep.test",
    channel: "bearer",
    store,
    journal,
    locks,
    fetch: server.fetch,
    wait: () => Promise.resolve(),
  });
}
