import { type BroughtKey, openPassphraseFile, parseKeyFile, parseTypedKey } from "@afterkeep/sealing";
import { type ChosenFolder, readWhole } from "./chosen-folder.ts";
import { byId } from "./elements.ts";

const ways = ["passphrase", "words", "file"] as const;
type Way = (typeof ways)[number];

const form = byId("unlock-form", HTMLFormElement);
const passphrase = byId("passphrase", HTMLInputElement);
const words = byId("words", HTMLTextAreaElement);
const keyFile = byId("key-file", HTMLInputElement);
const keyText = byId("key-text", HTMLTextAreaElement);

/** Makes the form ask for what this folder opens with. `open` gets what the person brings. */
export function askForKey(folder: ChosenFolder, open: (bring: () => Promise<BroughtKey>) => Promise<void>): void {
  const hasPassphrase = folder("identity.age") !== null;
  for (const radio of form.querySelectorAll<HTMLInputElement>("input[name=way]")) {
    const label = radio.closest("label");
    if (label !== null) label.hidden = radio.value === "passphrase" && !hasPassphrase;
    radio.checked = radio.value === (hasPassphrase ? "passphrase" : "words");
  }
  showWay();
  form.onchange = showWay;
  form.onsubmit = (event) => {
    event.preventDefault();
    void open(() => broughtKey(folder));
  };
}

function showWay(): void {
  const chosen = chosenWay();
  for (const field of form.querySelectorAll<HTMLElement>("[data-way]")) field.hidden = field.dataset["way"] !== chosen;
  passphrase.type = byId("see-passphrase", HTMLInputElement).checked ? "text" : "password";
}

function chosenWay(): Way {
  const value = new FormData(form).get("way");
  return ways.find((way) => way === value) ?? "words";
}

/** Throws DecryptionError or MalformedError when it is not a key, or not the passphrase. */
async function broughtKey(folder: ChosenFolder): Promise<BroughtKey> {
  const way = chosenWay();
  if (way === "words") return parseTypedKey(words.value);
  if (way === "file") return parseTypedKey((await keyFile.files?.[0]?.text()) ?? keyText.value);
  return parseKeyFile(await openPassphraseFile(await readWhole(folder, "identity.age"), passphrase.value));
}
