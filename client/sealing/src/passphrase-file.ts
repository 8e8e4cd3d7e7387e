import { type Bytes, copyBytes, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { parseHeader } from "@afterkeep/formats";
import { Decrypter, Encrypter } from "age-encryption";
import { WorkFactorError } from "./errors.ts";

/** As the `age` command does it: N = 2¹⁸, 256 MiB and about a second each time. */
const standardWorkFactor = 18;
/** What an untrusted file may make us compute: 1 GiB and a few seconds. Source: age-encryption 0.3 opens no more. */
const maxWorkFactor = 20;

/** A text as a standard age file under a passphrase (scrypt): `age -d` asks for the passphrase and prints it. */
export async function sealPassphraseFile(
  text: string,
  passphrase: string,
  workFactor: number = standardWorkFactor,
): Promise<Bytes> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return copyBytes(await encrypter.encrypt(encodeUtf8(text)));
}

/**
 * Opens an untrusted passphrase file. Throws DecryptionError on a wrong passphrase, MalformedError on another kind of file, WorkFactorError
 * where trying a passphrase would cost more than a browser can give.
 */
export async function openPassphraseFile(file: Uint8Array, passphrase: string): Promise<string> {
  const [stanza, ...more] = parseHeader(file).stanzas;
  const [type, , workFactor] = stanza?.args ?? [];
  if (type !== "scrypt" || more.length > 0) throw new MalformedError("age file under a passphrase");
  if (Number(workFactor) > maxWorkFactor) throw new WorkFactorError();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(file, "text");
  } catch {
    throw new DecryptionError();
  }
}
