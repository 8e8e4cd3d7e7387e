type Kind = { readonly kind: "file" | "note" | "record" };

/** The programs whose exports are read, and where they hide the button. */
export const importSources = [
  {
    format: "bitwarden",
    title: "Bitwarden",
    how: "Settings, Export vault, File format .json or .json (Encrypted, protected by a password). The account-restricted kind cannot be read by anybody else.",
  },
  {
    format: "1password",
    title: "1Password",
    how: "On a computer: File, Export, and then 1PUX.",
  },
  { format: "keepass", title: "KeePass", how: "The .kdbx file itself (KDBX 4), with its passphrase or key file." },
  {
    format: "csv",
    title: "Another program, or a browser",
    how: "A .csv table whose first line names the columns, such as name, url, username, password.",
  },
] as const;

export function titleOfSource(format: string): string {
  return importSources.find((source) => source.format === format)?.title ?? "";
}

function say(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** `37 forms, 4 notes and 1 file`; names only what there is. */
export function describeItems(items: readonly Kind[]): string {
  const count = (kind: Kind["kind"]): number => items.filter((item) => item.kind === kind).length;
  const parts = [
    { count: count("record"), words: say(count("record"), "form", "forms") },
    { count: count("note"), words: say(count("note"), "note", "notes") },
    { count: count("file"), words: say(count("file"), "file", "files") },
  ].flatMap((part) => (part.count === 0 ? [] : [part.words]));
  if (parts.length < 2) return parts[0] ?? "nothing";
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}
