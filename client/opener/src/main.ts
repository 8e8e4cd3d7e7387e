import { type BroughtKey, decodeReleaseFile, openSavedRelease, type ReleaseFile } from "@afterkeep/sealing";
import { type ChosenFile, type ChosenFolder, chosenIn, droppedIn, folderOf, readWhole } from "./chosen-folder.ts";
import { contentsOf } from "./contents.ts";
import { byId, make } from "./elements.ts";
import { messageOf, type Moment } from "./messages.ts";
import { askForKey } from "./unlock.ts";

const section = (id: string) => byId(id, HTMLElement);

/** Does one step at a time, says that it is going on, and what went wrong. */
async function step(moment: Moment, saying: string, work: () => Promise<void>): Promise<void> {
  section("problem").replaceChildren();
  section("status").textContent = saying;
  // Why: what follows keeps the browser busy, and it shows the words only when it comes to rest.
  await new Promise((resolve) => setTimeout(resolve, 30));
  try {
    await work();
  } catch (error) {
    const { title, next } = messageOf(error, moment);
    section("problem").replaceChildren(make("div", { class: "notice bad" }, make("b", {}, title), make("p", {}, next)));
    section("problem").scrollIntoView({ block: "nearest" });
  }
  section("status").textContent = "";
}

async function chooseFiles(read: Promise<readonly ChosenFile[]>): Promise<void> {
  section("unlock").hidden = true;
  section("contents").hidden = true;
  await step("folder", "Reading the folder …", async () => {
    const folder = folderOf(await read);
    const file = decodeReleaseFile(await readWhole(folder, "release.json"));
    askForKey(folder, (bring) => openWith(file, folder, bring));
    section("unlock").hidden = false;
    section("unlock-title").focus();
  });
}

async function openWith(file: ReleaseFile, folder: ChosenFolder, bring: () => Promise<BroughtKey>): Promise<void> {
  await step("key", "Opening. This can take a minute …", async () => {
    const key = await bring();
    const opened = await openSavedRelease(file, key, folder);
    section("contents").replaceChildren(...(await contentsOf(file, key, opened)));
    for (const done of ["choose", "unlock"]) section(done).hidden = true;
    section("contents").hidden = false;
    section("contents").focus({ preventScroll: true });
    scrollTo(0, 0);
  });
}

for (const id of ["folder", "files"]) {
  const input = byId(id, HTMLInputElement);
  input.addEventListener("change", () => void chooseFiles(Promise.resolve(chosenIn(input))));
}
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", () => document.body.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  if (event.dataTransfer !== null) void chooseFiles(droppedIn(event.dataTransfer));
});
section("choose").hidden = false;
