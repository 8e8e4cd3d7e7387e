import type { Entry, ItemCollector } from "./item-collector.ts";
import { isObject, isoTimeOf, type JsonObject, listOf, objectsOf, textOf, valueOf } from "./json.ts";
import type { RecordField, RecordFieldKind, RecordTemplate } from "@afterkeep/formats";

/** [name in the export, name here, kind] */
type Column = readonly [string, string, RecordFieldKind];
type Section = { readonly key: string; readonly template: RecordTemplate; readonly columns: readonly Column[] };

const person: readonly Column[] = [
  ["firstName", "First name", "text"],
  ["middleName", "Middle name", "text"],
  ["lastName", "Last name", "text"],
];

// Source: bitwarden/clients, libs/common/src/models/export, one file a kind of item.
// Why by key and not by type number: the newer kinds have different numbers in different released clients.
const sections: readonly Section[] = [
  {
    key: "login",
    template: "login",
    columns: [
      ["username", "User name", "text"],
      ["password", "Password", "secret"],
      ["totp", "One-time code", "totp"],
    ],
  },
  {
    key: "card",
    template: "card",
    columns: [
      ["cardholderName", "Card holder", "text"],
      ["brand", "Brand", "text"],
      ["number", "Number", "secret"],
      ["code", "Security code", "secret"],
    ],
  },
  {
    key: "identity",
    template: "identity",
    columns: [
      ["title", "Title", "text"],
      ...person,
      ["company", "Company", "text"],
      ["email", "Email", "email"],
      ["phone", "Phone", "text"],
      ["address1", "Address", "text"],
      ["address2", "Address 2", "text"],
      ["address3", "Address 3", "text"],
      ["postalCode", "Postal code", "text"],
      ["city", "City", "text"],
      ["state", "State", "text"],
      ["country", "Country", "text"],
      ["username", "User name", "text"],
      ["ssn", "Social security number", "secret"],
      ["passportNumber", "Passport number", "secret"],
      ["licenseNumber", "Licence number", "secret"],
    ],
  },
  {
    key: "sshKey",
    template: "other",
    columns: [
      ["privateKey", "Private key", "secret"],
      ["publicKey", "Public key", "multiline"],
      ["keyFingerprint", "Fingerprint", "text"],
    ],
  },
  {
    key: "bankAccount",
    template: "bank-account",
    columns: [
      ["bankName", "Bank", "text"],
      ["nameOnAccount", "Account holder", "text"],
      ["accountType", "Account type", "text"],
      ["accountNumber", "Account number", "secret"],
      ["routingNumber", "Routing number", "text"],
      ["branchNumber", "Branch number", "text"],
      ["iban", "IBAN", "secret"],
      ["swiftCode", "SWIFT code", "text"],
      ["pin", "PIN", "secret"],
      ["bankContactPhone", "Phone of the bank", "text"],
    ],
  },
  {
    key: "driversLicense",
    template: "identity",
    columns: [
      ...person,
      ["dateOfBirth", "Date of birth", "date"],
      ["licenseNumber", "Licence number", "secret"],
      ["licenseClass", "Class", "text"],
      ["issueDate", "Issued", "date"],
      ["expirationDate", "Expires", "date"],
      ["issuingAuthority", "Issued by", "text"],
      ["issuingState", "Issuing state", "text"],
      ["issuingCountry", "Issuing country", "text"],
    ],
  },
  {
    key: "passport",
    template: "identity",
    columns: [
      ["givenName", "First name", "text"],
      ["surname", "Last name", "text"],
      ["dateOfBirth", "Date of birth", "date"],
      ["birthPlace", "Place of birth", "text"],
      ["nationality", "Nationality", "text"],
      ["passportNumber", "Passport number", "secret"],
      ["passportType", "Type", "text"],
      ["issueDate", "Issued", "date"],
      ["expirationDate", "Expires", "date"],
      ["issuingAuthority", "Issued by", "text"],
      ["issuingCountry", "Issuing country", "text"],
    ],
  },
];

/** An item of a decrypted Bitwarden export. Counts in `losses` what has no place here. */
export function readBitwardenItem(item: JsonObject, folder: readonly string[], losses: ItemCollector): Entry {
  const section = sectionOf(item);
  const content = section && valueOf(item, section.key);
  countLosses(item, losses);
  return {
    title: textOf(item, "name"),
    folder: valueOf(item, "archivedDate") ? [...folder, "Archived"] : folder,
    template: section?.template ?? "other",
    fields: [
      ...(section?.columns ?? []).map(([key, name, kind]) => ({ name, kind, value: textOf(content, key) })),
      ...websitesOf(content),
      { name: "Expires", kind: "text", value: expiryOf(content) },
      ...objectsOf(item, "fields").map((field) => readCustomField(field, content)),
    ],
    note: textOf(item, "notes"),
    tags: [],
    attachments: [],
    modifiedMs: isoTimeOf(item, "revisionDate"),
    createdMs: isoTimeOf(item, "creationDate"),
  };
}

function sectionOf(item: JsonObject): Section | undefined {
  return sections.find(({ key }) => isObject(valueOf(item, key)));
}

function websitesOf(login: unknown): RecordField[] {
  return objectsOf(login, "uris").map((uri) => ({ name: "Website", kind: "url", value: textOf(uri, "uri") }));
}

/** A card's month and year as `YYYY-MM`. */
function expiryOf(card: unknown): string {
  const [year, month] = [textOf(card, "expYear"), textOf(card, "expMonth")];
  return [year, month === "" ? "" : month.padStart(2, "0")].filter((part) => part !== "").join("-");
}

/** Types: 0 text, 1 hidden, 2 true or false, 3 linked to a field of the item by number. */
function readCustomField(field: JsonObject, content: unknown): RecordField {
  const type = valueOf(field, "type");
  const linked = { 100: "username", 101: "password" }[Number(valueOf(field, "linkedId"))];
  const value = type === 3 && linked !== undefined ? textOf(content, linked) : textOf(field, "value");
  const isSecret = type === 1 || (type === 3 && linked === "password");
  return { name: textOf(field, "name"), kind: isSecret ? "secret" : "text", value };
}

function countLosses(item: JsonObject, losses: ItemCollector): void {
  losses.countLoss("earlier password", listOf(item, "passwordHistory").length);
  const passkeys = listOf(valueOf(item, "login"), "fido2Credentials").length;
  losses.countLoss("passkey (it works only in the program that made it)", passkeys);
  if (listOf(item, "collectionIds").length > 1)
    losses.countLoss("second collection of an item (each item is in its first one)");
}
