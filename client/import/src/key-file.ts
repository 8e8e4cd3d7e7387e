import { type Bytes, copyBytes, decodeBase64, decodeHex, decodeUtf8, equalBytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { damaged } from "./import-error.ts";
import { readXml, type XmlElement } from "./xml.ts";

const what = "key file";
const maxXmlKeyFile = 64 * 1024;

/**
 * The 32 bytes that a KeePass key file stands for: an XML key file of version 1 or 2, 32 raw bytes, 64 hex digits, or the hash of
 * any other file. Throws ImportError for an XML key file that is damaged. Source: keepass.info/help/base/keys.html#keyfiles.
 */
export function readKeyFile(bytes: Uint8Array): Bytes {
  const xml = readXmlKeyFile(bytes);
  if (xml !== null) return xml;
  if (bytes.length === 32) return copyBytes(bytes);
  const text = bytes.length === 64 ? new TextDecoder().decode(bytes) : "";
  return /^[0-9A-Fa-f]{64}$/.test(text) ? decodeHex(text.toLowerCase()) : sha256(bytes);
}

/** null if it is no XML key file. */
function readXmlKeyFile(bytes: Uint8Array): Bytes | null {
  if (bytes.length > maxXmlKeyFile) return null;
  const root = parseQuietly(bytes);
  if (root?.name !== "KeyFile") return null;
  const version = root.child("Meta")?.child("Version")?.text ?? "";
  const data = root.child("Key")?.child("Data");
  const text = data?.text.replace(/\s/g, "") ?? "";
  const key = version.startsWith("2.") ? decodeHex(text.toLowerCase()) : decodeBase64(text, "padded");
  if (key.length !== 32 || !isHashOf(data?.attributes["Hash"], key)) throw damaged(what);
  return key;
}

function parseQuietly(bytes: Uint8Array): XmlElement | null {
  try {
    return readXml(decodeUtf8(bytes), what);
  } catch {
    // Any file may serve as a key file; one that is no XML is hashed.
    return null;
  }
}

/** Version 2 names the first four bytes of the key's hash, so that a typing error shows. */
function isHashOf(hash: string | undefined, key: Bytes): boolean {
  return hash === undefined || equalBytes(decodeHex(hash.toLowerCase()), sha256(key).subarray(0, 4));
}
