import { encodeBase64url, encodeUtf8, idBytes, lp, newId, padme } from "@afterkeep/bytes";
import { ctx, hkdf, safetyWords, wrap } from "@afterkeep/crypto";
import { encodeJcs, type JcsValue } from "@afterkeep/formats";
import { fixedRandomForTestsOnly } from "./fixed-randomness.ts";
import { hex, named, namedId, type VectorFile } from "./values.ts";

const padmeLengths = [
  0,
  1,
  2,
  3,
  7,
  8,
  9,
  100,
  1000,
  12_345,
  65_568,
  2 ** 20,
  2 ** 20 + 1,
  10 ** 9,
  2 ** 32 + 1,
  2 ** 45 + 1,
];
const jcsValues: readonly JcsValue[] = [
  {},
  { b: 1, a: [true, false, "", 0, Number.MAX_SAFE_INTEGER] },
  { "€": "Euro", "\r": "CR", ö: "o", "😀": "face", ﬀ: "ff", "1": "one" },
  'quote " backslash \\ slash / control \u0001 line \n',
];

export async function encodingVectors(): Promise<VectorFile> {
  const account = namedId("account");
  const fields = [idBytes(account), "opaque", named("hash"), 7] as const;
  return {
    about: "specs/encodings.md; bytes are hexadecimal",
    base64url: ["", "00", "0001", "fffefd", hex(named("b64"))].map((bytes) => ({
      bytes,
      text: encodeBase64url(Buffer.from(bytes, "hex")),
    })),
    base64urlRefused: ["A", "AB", "AA==", "AA\n", "+A", "AAB"],
    id: { nowMs: 1_700_000_000_000, random: hex(named("id", 10)), id: newId(1_700_000_000_000, () => named("id", 10)) },
    lp: ["", "00", "616263"].map((bytes) => ({ bytes, framed: hex(lp(Buffer.from(bytes, "hex"))) })),
    ctx: [
      { label: "prf", fields: [], context: hex(ctx("prf")) },
      {
        label: "slot",
        fields: [{ bytes: hex(fields[0]) }, { text: fields[1] }, { bytes: hex(fields[2]) }, { u32: fields[3] }],
        context: hex(ctx("slot", ...fields)),
      },
    ],
    hkdf: [16, 32, 64].map((length) => ({
      ikm: hex(named("ikm")),
      salt: hex(named("salt")),
      info: hex(ctx("example", length)),
      length,
      out: hex(hkdf(named("ikm"), named("salt"), ctx("example", length), length)),
    })),
    wrap: ["", "a secret of some length"].map((plaintext) => ({
      ikm: hex(named("wrapping secret")),
      info: hex(ctx("example", "info")),
      aad: hex(ctx("example", "aad")),
      plaintext: hex(encodeUtf8(plaintext)),
      wrapped: hex(
        wrap(
          named("wrapping secret"),
          ctx("example", "info"),
          ctx("example", "aad"),
          encodeUtf8(plaintext),
          fixedRandomForTestsOnly(`wrap ${plaintext}`),
        ),
      ),
    })),
    padme: padmeLengths.map((length) => ({ length, padded: padme(length) })),
    jcs: jcsValues.map((value) => hex(encodeJcs(value))),
    jcsRefused: [
      '{"a":1,"a":1}',
      '{"b":1,"a":1}',
      '{"a": 1}',
      "null",
      "1.0",
      "-1",
      "1e2",
      "9007199254740992",
      '"\\/"',
      '"\\u0041"',
      '"\\ud800"',
      '{"__proto__":1}',
      "[[[[[[[[[]]]]]]]]]",
      "{}\n",
    ],
    safetyWords: {
      account: hex(idBytes(account)),
      ownerKey: hex(named("owner key")),
      recipient: "age1pq1example",
      ...(await safetyWords(account, named("owner key"), "age1pq1example")),
    },
  };
}
