import { type DocumentInfo } from "@afterkeep/sdk";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { cleanFolder, isInFolder, moveFolder, parentOf, stepsOf } from "../../words/folder-path.ts";
import { itemsBelow, type FolderNode } from "../../words/folder-tree.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { RenameDialog } from "./rename-dialog.tsx";

type Props = { node: FolderNode<DocumentInfo>; folders: readonly string[]; onFolder: (folder: string) => void };

/** Where one is, the way back up, and what can be done with the folder itself. Nothing at the top. */
export function FolderBar({ node, folders, onFolder }: Props) {
  const [doing, setDoing] = useState<"rename" | "move" | null>(null);
  if (node.path === "") return null;
  const inside = itemsBelow(node);
  const changesTo = (path: string) =>
    inside.map(({ doc, folder }) => ({ doc, folder: moveFolder(folder, node.path, path) }));
  const close = (): void => setDoing(null);
  return (
    <div className="stack stack-tight">
      <nav aria-label="Folder" className="crumbs">
        <button type="button" className="crumb" onClick={() => onFolder("")}>
          All documents
        </button>
        {stepsOf(node.path).map(({ name, path }) => (
          <button
            key={path}
            type="button"
            className="crumb"
            aria-current={path === node.path ? "location" : undefined}
            onClick={() => onFolder(path)}
          >
            {name}
          </button>
        ))}
      </nav>
      <div className="row row-tight">
        <Button look="quiet" onClick={() => setDoing("rename")}>
          Rename the folder
        </Button>
        <Button look="quiet" onClick={() => setDoing("move")}>
          Move the folder
        </Button>
      </div>
      {doing === "rename" ? (
        <RenameDialog
          title="Rename the folder"
          name={node.name}
          changes={(name) => changesTo(cleanFolder(`${parentOf(node.path)}/${name}`))}
          onDone={(name) => onFolder(cleanFolder(`${parentOf(node.path)}/${name}`))}
          onClose={close}
        />
      ) : null}
      {doing === "move" ? (
        <MoveDialog
          title={`Move “${node.name}”`}
          current={parentOf(node.path)}
          folders={folders.filter((path) => !isInFolder(path, node.path))}
          changes={(to) => changesTo(cleanFolder(`${to}/${node.name}`))}
          onDone={(to) => onFolder(cleanFolder(`${to}/${node.name}`))}
          onClose={close}
        />
      ) : null}
    </div>
  );
}
