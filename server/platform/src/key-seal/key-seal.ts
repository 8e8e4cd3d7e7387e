import { dirname } from "node:path";
import { decodeBase64url, decodeUtf8, encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { ctx, hkdf, unwrap, wrap } from "@afterkeep/crypto";
import * as z from "zod";
import { InputError } from "../errors/errors.ts";
import type { ZoneName } from "../zone/zone-names.ts";
import type { ZoneRuntime } from "../zone/zone-runtime.ts";
import { readSealFile } from "./seal-file.ts";

/** How a zone's key files lie on disk: sealed under a secret that lies elsewhere, or (never in production) as they are. */
export type KeySeal = {
  /** What to write into the key file `name`. */
  seal(name: string, content: string): string;
  /**
   * The content of the key file `name`; `isBare` when it lay unsealed and should be written again with `seal`, once the caller
   * has seen that it is whole. Throws InputError when it cannot be opened with this seal, or not without one.
   */
  open(name: string, text: string): { content: string; isBare: boolean };
};

/** The parts of a zone that decide how its keys are kept. */
export type SealedZone = Pick<ZoneRuntime, "name" | "mode" | "dataDir" | "sealFile">;

const sealedFile = z.strictObject({ v: z.literal(2), sealed: z.string() });

/** Keys as they are, for whoever has no seal file. Opens no sealed file. */
export const noKeySeal: KeySeal = {
  seal: (_name, content) => content,
  open: (name, text) => {
    if (envelopeOf(text) === null) return { content: text, isBare: false };
    throw new InputError("seal-missing", `${name} is sealed, and this zone was given no seal file.`, {
      next: "Name the seal file that it was sealed with.",
    });
  },
};

/** The setting with which an operator names a zone's seal file. */
export function sealSetting(zone: ZoneName): string {
  return `AFTERKEEP_${zone.toUpperCase()}_SEAL_FILE`;
}

/** Opens the seal of a zone's key files. Throws InputError when production has none, or when the file is unfit (readSealFile). */
export async function openKeySeal(zone: SealedZone): Promise<KeySeal> {
  const setting = sealSetting(zone.name);
  if (zone.sealFile === undefined) {
    if (zone.mode === "production") throw missingSeal(setting);
    return noKeySeal;
  }
  // The zone's folder is a part of the one data folder, in which the secret must not lie.
  const secret = await readSealFile({ setting, path: zone.sealFile }, dirname(zone.dataDir));
  return sealUnder(zone, hkdf(secret, new Uint8Array(0), ctx("key-seal", zone.name), 32));
}

/** Why this is refused, and what to do. */
export function missingSeal(setting: string): InputError {
  return new InputError("seal-missing", `In production mode keys are kept sealed, and ${setting} is not set.`, {
    next: `Set ${setting} to a file outside the data folder: (umask 077; head -c 32 /dev/urandom > seal). Keep a copy offline: without it the keys are lost.`,
  });
}

function sealUnder(zone: SealedZone, key: Uint8Array): KeySeal {
  const placeOf = (name: string) => ctx("key-file", zone.name, name);
  return {
    seal: (name, content) => {
      const sealed = wrap(key, placeOf(name), placeOf(name), encodeUtf8(content));
      return JSON.stringify({ v: 2, sealed: encodeBase64url(sealed) });
    },
    open: (name, text) => {
      const sealed = envelopeOf(text);
      if (sealed !== null) return { content: openEnvelope(name, sealed, key, placeOf(name)), isBare: false };
      // Why: whoever can write here but lacks the secret could lay keys of their own in place of ours.
      if (zone.mode === "production") throw bareInProduction(name);
      return { content: text, isBare: true };
    },
  };
}

function envelopeOf(text: string): string | null {
  try {
    const parsed = sealedFile.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.sealed : null;
  } catch {
    return null;
  }
}

function openEnvelope(name: string, sealed: string, key: Uint8Array, place: Uint8Array): string {
  try {
    return decodeUtf8(unwrap(key, place, place, decodeBase64url(sealed)));
  } catch {
    throw new InputError("seal-does-not-open", `${name} was sealed with another seal file, or is damaged.`, {
      next: "Name the seal file that it was sealed with, or restore it from its backup. Nothing was changed.",
    });
  }
}

function bareInProduction(name: string): InputError {
  return new InputError("key-file-bare", `${name} is not sealed, or is damaged; production mode does not trust it.`, {
    next: "Restore it from its backup. Nothing was changed.",
  });
}
