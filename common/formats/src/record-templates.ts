/** How a field is shown and typed. `secret` is hidden until somebody asks for it. */
export const recordFieldKinds = ["text", "secret", "url", "email", "totp", "date", "multiline"] as const;
export type RecordFieldKind = (typeof recordFieldKinds)[number];

/** What a record is. `other`: whatever an import found that is none of the rest. */
export const recordTemplateNames = ["login", "card", "identity", "bank-account", "licence", "other"] as const;
export type RecordTemplate = (typeof recordTemplateNames)[number];

export function isRecordTemplate(name: string): name is RecordTemplate {
  return recordTemplateNames.some((one) => one === name);
}

export type TemplateField = { readonly name: string; readonly kind: RecordFieldKind };

/** The fields that a new record begins with; people change them as they like. */
export const recordTemplates: Readonly<Record<RecordTemplate, readonly TemplateField[]>> = {
  login: [
    { name: "Website", kind: "url" },
    { name: "User name", kind: "text" },
    { name: "Password", kind: "secret" },
    { name: "One-time code", kind: "totp" },
  ],
  card: [
    { name: "Card holder", kind: "text" },
    { name: "Number", kind: "secret" },
    { name: "Expires", kind: "text" },
    { name: "Security code", kind: "secret" },
    { name: "PIN", kind: "secret" },
    { name: "Bank", kind: "text" },
  ],
  identity: [
    { name: "Full name", kind: "text" },
    { name: "Date of birth", kind: "date" },
    { name: "Document", kind: "text" },
    { name: "Number", kind: "secret" },
    { name: "Issued by", kind: "text" },
    { name: "Expires", kind: "date" },
    { name: "Address", kind: "multiline" },
    { name: "Email", kind: "email" },
    { name: "Phone", kind: "text" },
  ],
  "bank-account": [
    { name: "Bank", kind: "text" },
    { name: "Account holder", kind: "text" },
    { name: "IBAN or account number", kind: "secret" },
    { name: "BIC or routing number", kind: "text" },
    { name: "Online banking", kind: "url" },
    { name: "User name", kind: "text" },
    { name: "PIN", kind: "secret" },
  ],
  licence: [
    { name: "Product", kind: "text" },
    { name: "Licence key", kind: "secret" },
    { name: "Licensed to", kind: "text" },
    { name: "Email", kind: "email" },
    { name: "Bought on", kind: "date" },
    { name: "Website", kind: "url" },
  ],
  other: [],
};

/** A letter is a note that begins with some words to go on from. */
export const letterTemplate = "Dear …,\n\n\n\nWith love,\n";
