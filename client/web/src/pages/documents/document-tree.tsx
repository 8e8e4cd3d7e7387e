import type { DocumentInfo } from "@afterkeep/sdk";
import { useMemo } from "react";
import { Icon } from "../../parts/icon.tsx";
import { buildFolderTree, type FolderNode } from "../../words/folder-tree.ts";
import { DocumentItem } from "./document-item.tsx";

function Folder({ node, open }: { node: FolderNode<DocumentInfo>; open: boolean }) {
  return (
    <ul>
      {node.folders.map((folder) => (
        <li key={folder.path}>
          <details open={open}>
            <summary>
              <Icon name="folder" />
              {folder.name}
              <span className="soft small">{folder.count}</span>
            </summary>
            <Folder node={folder} open={false} />
          </details>
        </li>
      ))}
      {node.items.map((document) => (
        <li key={document.doc} className="tree-file">
          <DocumentItem document={document} />
        </li>
      ))}
    </ul>
  );
}

/** Folders exist only in sealed metadata: this tree is drawn here, the server knows nothing of it. */
export function DocumentTree({ documents }: { documents: readonly DocumentInfo[] }) {
  const root = useMemo(() => buildFolderTree(documents), [documents]);
  return (
    <div className="tree">
      <Folder node={root} open={root.folders.length <= 3 && root.count <= 40} />
    </div>
  );
}
