import { type AccountView, StatementError, verifyChain } from "@afterkeep/statements";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { laterHead } from "./profile.ts";
import { pinnedKeyholder } from "./server-info.ts";

/**
 * Reads the account's whole control chain and verifies it: signatures, order, audience, the owner key this device knows, and
 * that it still contains the head this device saw last.
 */
export async function readChain(device: Device): Promise<AccountView> {
  const profile = await readProfile(device);
  if (profile.account === "")
    throw new RefusedError("locked", "Nobody is signed in on this device.", { next: "Sign in." });
  const keyholder = await pinnedKeyholder(device);
  const view = verifyOwnChain(await fetchStatements(device), {
    account: profile.account,
    keyholder: keyholder.thumb,
    ...(profile.ownerThumb === "" ? {} : { trustedOwnerThumb: profile.ownerThumb }),
  });
  expectContains(view, profile.head);
  await changeProfile(device, ({ head }) => ({ head: laterHead(head, view.head), ownerThumb: view.ownerThumb }));
  return view;
}

/** Throws RefusedError unless `head`, seen earlier, is part of the chain: else somebody took statements back. */
export function expectContains(view: AccountView, head: { readonly seq: number; readonly id: string } | null): void {
  if (head === null || view.ids[head.seq] === head.id) return;
  throw new RefusedError(
    "chain-invalid",
    "The server shows an older state of your statements than this device has seen.",
    {
      next: "The server may have been restored from a backup. Ask whoever runs it; nothing was changed.",
    },
  );
}

/** verifyChain, with failures as a refusal. */
export function verifyOwnChain(statements: readonly string[], trust: Parameters<typeof verifyChain>[1]): AccountView {
  try {
    return verifyChain(statements, trust);
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    const isOwnerChanged = error.code === "owner-untrusted" || error.code === "key-changed";
    throw new RefusedError(
      isOwnerChanged ? "owner-key-changed" : "chain-invalid",
      "The signed statements from the server do not verify.",
      { next: "Do not rely on this server until this is explained.", cause: error },
    );
  }
}

async function fetchStatements(device: Device): Promise<string[]> {
  const statements: string[] = [];
  for (let isMore = true; isMore;) {
    const page = await device.transport.call("listStatements", { query: { after: statements.length - 1 } });
    statements.push(...page.statements);
    isMore = page.more && page.statements.length > 0;
  }
  return statements;
}
