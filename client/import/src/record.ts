import { type Bytes, encodeUtf8 } from "@afterkeep/bytes";

export type RecordFieldKind = "text" | "secret" | "url" | "email" | "totp" | "date" | "multiline";
export type RecordTemplate = "login" | "card" | "identity" | "bank-account" | "licence";
export type RecordField = { readonly name: string; readonly kind: RecordFieldKind; readonly value: string };
export type RecordContent = {
  readonly template: RecordTemplate;
  readonly fields: readonly RecordField[];
  readonly note: string;
};

export const recordMediaType = "application/vnd.afterkeep.record+json";

export function formatRecord(record: RecordContent): Bytes {
  return encodeUtf8(JSON.stringify(record));
}
