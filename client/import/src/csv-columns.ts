import type { RecordFieldKind } from "@afterkeep/formats";

/** What a column of a CSV export means. */
export type ColumnRole =
  | { readonly is: "title" | "folder" | "note" | "created" | "modified" | "custom" | "archived" | "ignored" }
  | { readonly is: "field"; readonly name: string; readonly kind: RecordFieldKind };

const field = (name: string, kind: RecordFieldKind): ColumnRole => ({ is: "field", name, kind });

/**
 * Headers in lower case, as these programs write them: Chrome (name, url, username, password, note), Firefox (url, username,
 * password, httpRealm, …, timeCreated), Bitwarden (folder, …, login_uri, login_totp), 1Password (Title, Url, OTPAuth, …), KeePassXC
 * (Group, Title, …, TOTP, Icon, Last Modified, Created).
 */
const roles: Readonly<Record<string, ColumnRole>> = {
  name: { is: "title" },
  title: { is: "title" },
  account: { is: "title" },
  folder: { is: "folder" },
  group: { is: "folder" },
  grouping: { is: "folder" },
  collections: { is: "folder" },
  note: { is: "note" },
  notes: { is: "note" },
  extra: { is: "note" },
  comments: { is: "note" },
  fields: { is: "custom" },
  archived: { is: "archived" },
  "archived status": { is: "archived" },
  archiveddate: { is: "archived" },
  created: { is: "created" },
  timecreated: { is: "created" },
  "last modified": { is: "modified" },
  timepasswordchanged: { is: "modified" },
  favorite: { is: "ignored" },
  "favorite status": { is: "ignored" },
  fav: { is: "ignored" },
  icon: { is: "ignored" },
  reprompt: { is: "ignored" },
  type: { is: "ignored" },
  guid: { is: "ignored" },
  formactionorigin: { is: "ignored" },
  timelastused: { is: "ignored" },
  username: field("User name", "text"),
  "user name": field("User name", "text"),
  "login name": field("User name", "text"),
  login_username: field("User name", "text"),
  email: field("Email", "email"),
  "e-mail": field("Email", "email"),
  password: field("Password", "secret"),
  login_password: field("Password", "secret"),
  url: field("Website", "url"),
  website: field("Website", "url"),
  "web site": field("Website", "url"),
  login_uri: field("Website", "url"),
  totp: field("One-time code", "totp"),
  login_totp: field("One-time code", "totp"),
  otpauth: field("One-time code", "totp"),
  "one-time password": field("One-time code", "totp"),
  httprealm: field("Realm", "text"),
  tags: field("Tags", "text"),
};

/** Columns of exports that must be there before `name`, `type` and the like are read as such an export means them. */
const marks = ["password", "login_password"];

/** The role of each column. Without a password column the table is anyone's: titles and notes are found, the rest stay as fields. */
export function rolesOf(headers: readonly string[]): readonly ColumnRole[] {
  const names = headers.map((header) => header.trim().toLowerCase());
  const isKnown = marks.some((mark) => names.includes(mark));
  return headers.map((header, at) => {
    const name = names[at] ?? "";
    const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
    return role !== undefined && (isKnown || ["title", "note", "folder"].includes(role.is))
      ? role
      : plainField(header.trim());
  });
}

function plainField(name: string): ColumnRole {
  const isSecret = /passw|passphrase|\bpin\b|\bcvv\b|\bcvc\b|secret|\bkey\b/i.test(name);
  return field(name, isSecret ? "secret" : "text");
}
