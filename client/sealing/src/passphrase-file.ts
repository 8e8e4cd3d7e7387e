import { type Bytes, copyBytes, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { parseHeader } from "@afterkeep/formats";
import { Decrypter, Encrypter } from "age-encryption";

/** As the `age` command does it: N = 2¹⁸, 256 MiB and about a second each time. */
const standardWorkFactor = 18;
/** What an untrusted file may make us compute. Source: the `age` command refuses more than 22. */
const maxWorkFactor = 22;

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

/** Opens an untrusted passphrase file. Throws DecryptionError on a wrong passphrase, MalformedError on another kind of file. */
export async function openPassphraseFile(file: Uint8Array, passphrase: string): Promise<string> {
  const [stanza, ...more] = parseHeader(file).stanzas;
  const [type, , workFactor] = stanza?.args ?? [];
  if (type !== "scrypt" || more.length > 0) throw new MalformedError("age file under a passphrase");
  if (Number(workFactor) > maxWorkFactor) throw new MalformedError("age file with an ordinary work factor");
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(file, "text");
  } catch {
    throw new DecryptionError();
  }
}
