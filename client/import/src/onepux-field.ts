import type { ItemCollector } from "./item-collector.ts";
import { asText, isObject, type JsonObject, textOf, valueOf } from "./json.ts";
import type { RecordField, RecordFieldKind } from "@afterkeep/formats";

const textKinds: Readonly<Record<string, RecordFieldKind>> = {
  concealed: "secret",
  creditCardNumber: "secret",
  totp: "totp",
  url: "url",
  string: "text",
  phone: "text",
  menu: "text",
  gender: "text",
  creditCardType: "text",
};

/**
 * A field of a 1PUX section. Its value is an object with one key, the kind. Files are read apart; what has no place here is counted
 * in `losses`.
 */
export function readSectionField(field: JsonObject, losses: ItemCollector): RecordField[] {
  const value = valueOf(field, "value");
  const type = isObject(value) ? Object.keys(value)[0] : undefined;
  if (type === undefined || type === "file") return [];
  const content = valueOf(value, type);
  const name = textOf(field, "title") || textOf(field, "id");
  if (content === null || content === "") return [];
  const read = readValue(type, content, valueOf(field, "multiline") === true);
  if (read !== null) return [{ name, ...read }];
  losses.countLoss(type === "reference" ? "link between two items" : "field of a kind that has no place here");
  return [];
}

type TypedValue = { readonly kind: RecordFieldKind; readonly value: string };

function readValue(type: string, content: unknown, isMultiline: boolean): TypedValue | null {
  const kind = Object.hasOwn(textKinds, type) ? textKinds[type] : undefined;
  if (kind !== undefined) return { kind: kind === "text" && isMultiline ? "multiline" : kind, value: asText(content) };
  switch (type) {
    case "email":
      return { kind: "email", value: asText(content) || textOf(content, "email_address") };
    case "date":
      return { kind: "date", value: dateOf(content) };
    case "monthYear":
      return { kind: "text", value: asText(content).replace(/^(\d{4})(\d{2})$/, "$1-$2") };
    case "address":
      return { kind: "multiline", value: addressOf(content) };
    case "sshKey":
      return {
        kind: "secret",
        value: textOf(valueOf(content, "metadata"), "privateKey") || textOf(content, "privateKey"),
      };
    default:
      return null;
  }
}

/** Seconds since 1970 at noon of the day that is meant. */
function dateOf(content: unknown): string {
  const date = new Date(typeof content === "number" ? content * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? asText(content) : date.toISOString().replace(/T.*/, "");
}

function addressOf(content: unknown): string {
  const town = `${textOf(content, "zip")} ${textOf(content, "city")}`.trim();
  const lines = [textOf(content, "street"), town, textOf(content, "state"), textOf(content, "country")];
  return lines.filter((line) => line !== "").join("\n");
}
