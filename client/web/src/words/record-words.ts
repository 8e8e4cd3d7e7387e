import type { RecordTemplate } from "@afterkeep/formats";

/** What the templates are called where they are offered, and an example of a name for one of each. */
export const recordWords: Readonly<Record<RecordTemplate, { readonly title: string; readonly example: string }>> = {
  login: { title: "Login", example: "Mail account" },
  card: { title: "Card", example: "Everyday card" },
  identity: { title: "Identity document", example: "Passport" },
  "bank-account": { title: "Bank account", example: "Savings at the Volksbank" },
  licence: { title: "Licence", example: "Photo program" },
  other: { title: "Something else", example: "Alarm at the summer house" },
};
