import type { DocumentInfo } from "@afterkeep/sdk";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";

type Props = {
  chosen: readonly DocumentInfo[];
  /** All documents that the list shows now. */
  shown: readonly string[];
  folders: readonly string[];
  onToggle: (docs: readonly string[], on: boolean) => void;
  onDone: () => void;
};

/** What can be done with several documents at once. */
export function SelectionBar({ chosen, shown, folders, onToggle, onDone }: Props) {
  const [doing, setDoing] = useState<"move" | "remove" | null>(null);
  const docs = new Set<string>(chosen.map(({ doc }) => doc));
  const allShown = shown.length > 0 && shown.every((doc) => docs.has(doc));
  const places = new Set(chosen.map(({ folder }) => folder));
  return (
    <div className="selection">
      <label className="choice">
        <input type="checkbox" checked={allShown} onChange={(event) => onToggle(shown, event.target.checked)} />
        All shown
      </label>
      <span className="soft grow" role="status">
        {chosen.length === 0 ? "None chosen" : `${chosen.length} chosen`}
      </span>
      <Button look="second" disabled={chosen.length === 0} onClick={() => setDoing("move")}>
        Move
      </Button>
      <Button look="grave" disabled={chosen.length === 0} onClick={() => setDoing("remove")}>
        Remove
      </Button>
      {doing === "move" ? (
        <MoveDialog
          title={chosen.length === 1 ? "Move one document" : `Move ${chosen.length} documents`}
          current={places.size === 1 ? ([...places][0] ?? "") : null}
          folders={folders}
          changes={(folder) => chosen.map(({ doc }) => ({ doc, folder }))}
          onDone={onDone}
          onClose={() => setDoing(null)}
        />
      ) : null}
      {doing === "remove" ? <RemoveDialog chosen={chosen} onDone={onDone} onClose={() => setDoing(null)} /> : null}
    </div>
  );
}
