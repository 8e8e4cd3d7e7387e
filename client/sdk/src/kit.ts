import { encodeKeyWords } from "@afterkeep/crypto";
import { formatRecoveryKit, type RecoveryKit } from "@afterkeep/formats";
import { fingerprint } from "./server-info.ts";

/** The recovery kit as it is handed to its owner, once. `text` is the page to print; it can be typed back in. */
export type RecoveryKitPage = {
  readonly account: string;
  readonly server: string;
  readonly words: readonly string[];
  readonly keyholderThumb: string;
  readonly keyholderFingerprint: string;
  readonly text: string;
};

/** Builds the page of a new kit. It is a key to everything: show it, let it be printed or saved, keep it nowhere. */
export function makeKit(kit: RecoveryKit, server: string): RecoveryKitPage {
  return {
    account: kit.account,
    server,
    words: encodeKeyWords(kit.secret),
    keyholderThumb: kit.keyholder,
    keyholderFingerprint: fingerprint(kit.keyholder),
    text: pageOf(kit, server),
  };
}

function pageOf(kit: RecoveryKit, server: string): string {
  return [
    formatRecoveryKit(kit),
    `Server: ${server}`,
    `Keyholder fingerprint: ${fingerprint(kit.keyholder)}`,
    "",
    "What this is for",
    "- The 24 words are a second key to your vault, for the day your passphrase is forgotten, and hold the key that revokes a stolen one.",
    "- Signing in with them is not part of this version. What they open is stored already, so that a later version can offer it. Until then your passphrase is the only way in: keep both.",
    "- Type them when you arm something for the first time, and it need not wait for a week before it can be released: for whoever leaves for somewhere dangerous tomorrow.",
    "- Whoever has this page has a key to your vault. Print it, put it where you keep your will, and delete the file.",
    "- The keyholder is the part of the server that alone decides a release. If its fingerprint ever differs from this page, do not sign in.",
    "",
  ].join("\n");
}
