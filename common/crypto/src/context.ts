import { asciiBytes, type Bytes, concatBytes, type Id, lp, u32be } from "@afterkeep/bytes";

/**
 * Raw bytes (ids, hashes, keys), ASCII text, or an integer 0…2³²−1.
 *
 * Why an Id is not text: ids enter contexts as 16 raw bytes (`idBytes`). Passing the 22 characters by mistake would make a
 * context that no other implementation derives, so the type refuses it.
 */
export type CtxField = Uint8Array | number | string;

type NotId<Field> = Field extends Id ? never : Field;

/**
 * `ctx(label, f1, …) = lp("afterkeep/v1/" ‖ label) ‖ lp(f1) ‖ …` (specs/encodings.md, Contexts). Binds a ciphertext or a
 * commitment to its place; two different places never have the same context, because each field carries its length.
 *
 * Throws MalformedError on text that is not printable ASCII or an integer that is not a u32.
 */
export function ctx<Fields extends readonly CtxField[]>(
  label: string,
  ...fields: { [K in keyof Fields]: NotId<Fields[K]> }
): Bytes {
  return concatBytes(lp(asciiBytes(`afterkeep/v1/${label}`)), ...fields.map((field) => lp(fieldBytes(field))));
}

function fieldBytes(field: CtxField): Uint8Array {
  if (typeof field === "number") return u32be(field);
  return typeof field === "string" ? asciiBytes(field) : field;
}
