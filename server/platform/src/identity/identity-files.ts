import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePrivateFile } from "../files/private-files.ts";
import type { ZoneName } from "../zone/zone-names.ts";
import { type Authority, createAuthority, issueIdentity, type ZoneIdentity } from "./authority.ts";

const files = { key: "key.pem", certificate: "cert.pem", authority: "ca.pem" } as const;

/** Reads what `writeIdentity` wrote. Throws the file system's error when the folder is not an identity. */
export async function readIdentity(name: ZoneName, dir: string): Promise<ZoneIdentity> {
  const [privateKeyPem, certificatePem, authorityPem] = await Promise.all([
    readFile(join(dir, files.key), "utf8"),
    readFile(join(dir, files.certificate), "utf8"),
    readFile(join(dir, files.authority), "utf8"),
  ]);
  return { name, certificatePem, privateKeyPem, authorityPem };
}

/** Writes a zone's identity into its own folder (0700, files 0600). */
async function writeIdentity(identity: ZoneIdentity, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writePrivateFile(join(dir, files.key), identity.privateKeyPem);
  await writePrivateFile(join(dir, files.certificate), identity.certificatePem);
  await writePrivateFile(join(dir, files.authority), identity.authorityPem);
}

/** The machine's authority, made at the first start and kept in `dir`. */
async function loadOrCreateAuthority(dir: string): Promise<Authority> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const keyPath = join(dir, files.key);
  const certificatePath = join(dir, files.certificate);
  if (existsSync(keyPath) && existsSync(certificatePath)) {
    const [privateKeyPem, certificatePem] = await Promise.all([
      readFile(keyPath, "utf8"),
      readFile(certificatePath, "utf8"),
    ]);
    return { privateKeyPem, certificatePem };
  }
  const authority = await createAuthority();
  await writePrivateFile(keyPath, authority.privateKeyPem);
  await writePrivateFile(certificatePath, authority.certificatePem);
  return authority;
}

/** Issues fresh identities for all `names` under `root/<name>/`; keys of an earlier start are gone after it. */
export async function issueIdentities(root: string, names: readonly ZoneName[]): Promise<void> {
  const authority = await loadOrCreateAuthority(join(root, "ca"));
  for (const name of names) await writeIdentity(await issueIdentity(authority, name), join(root, name));
}
