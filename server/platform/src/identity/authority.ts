import { type ZoneName, zoneUri } from "../zone/zone-names.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const { subtle } = globalThis.crypto;

// Why so long: identities speak only over private sockets of one machine and are issued anew at every start, so the date revokes
// nothing; but a machine whose clock jumps to 2040 or back to 1970-odd must not lose its zones over it.
const notBefore = new Date("2020-01-01T00:00:00Z");
const notAfter = new Date("2070-01-01T00:00:00Z");

/** The local certificate authority that names the zones of one machine. */
export type Authority = { certificatePem: string; privateKeyPem: string };
/** What one zone shows to the others, and the authority it believes. All PEM. */
export type ZoneIdentity = { name: ZoneName; certificatePem: string; privateKeyPem: string; authorityPem: string };

/** Makes a new local authority with a P-256 key. */
export async function createAuthority(): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Afterkeep local authority",
    serialNumber: randomSerial(),
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString("pem"), privateKeyPem: await exportKeyPem(keys.privateKey) };
}

/** Issues a fresh key and certificate whose only name is the zone's URI. */
export async function issueIdentity(authority: Authority, name: ZoneName): Promise<ZoneIdentity> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const keys = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: issuer.subject,
    serialNumber: randomSerial(),
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    signingKey: await importKeyPem(authority.privateKeyPem),
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth], true),
      new x509.SubjectAlternativeNameExtension([{ type: "url", value: zoneUri(name) }]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    name,
    certificatePem: certificate.toString("pem"),
    privateKeyPem: await exportKeyPem(keys.privateKey),
    authorityPem: authority.certificatePem,
  };
}

// Why only when one is issued: it is three hundred modules, and of all processes the supervisor alone issues.
async function loadX509() {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

function randomSerial(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  // Invariant: a serial is positive and without a leading zero byte (RFC 5280 §4.1.2.2).
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

async function exportKeyPem(key: CryptoKey): Promise<string> {
  const x509 = await loadX509();
  return x509.PemConverter.encode(await subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

async function importKeyPem(pem: string): Promise<CryptoKey> {
  const x509 = await loadX509();
  const der = x509.PemConverter.decodeFirst(pem);
  return subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}
