/** A folder as people see it: built from the sealed metadata of its documents, known to nobody but this device. */
export type FolderNode<T> = { name: string; path: string; folders: FolderNode<T>[]; items: T[]; count: number };

type InFolder = { folder: string; name: string };

function childOf<T>(node: FolderNode<T>, name: string): FolderNode<T> {
  const known = node.folders.find((folder) => folder.name === name);
  if (known) return known;
  const path = node.path === "" ? name : `${node.path}/${name}`;
  const made: FolderNode<T> = { name, path, folders: [], items: [], count: 0 };
  node.folders.push(made);
  return made;
}

function sortNode<T extends InFolder>(node: FolderNode<T>, compare: Intl.Collator): void {
  node.folders.sort((a, b) => compare.compare(a.name, b.name));
  node.items.sort((a, b) => compare.compare(a.name, b.name));
  for (const folder of node.folders) sortNode(folder, compare);
}

export function buildFolderTree<T extends InFolder>(items: readonly T[]): FolderNode<T> {
  const root: FolderNode<T> = { name: "", path: "", folders: [], items: [], count: 0 };
  for (const item of items) {
    let node = root;
    node.count += 1;
    for (const part of item.folder.split("/").filter((name) => name !== "")) {
      node = childOf(node, part);
      node.count += 1;
    }
    node.items.push(item);
  }
  sortNode(root, new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }));
  return root;
}

/** The folder of this path, or null where no document lies in it any more. */
export function findFolder<T>(root: FolderNode<T>, path: string): FolderNode<T> | null {
  let node: FolderNode<T> | undefined = root;
  for (const part of path.split("/").filter((name) => name !== "")) {
    node = node.folders.find((folder) => folder.name === part);
    if (node === undefined) return null;
  }
  return node;
}

/** Every folder's path, parents before children. */
export function listFolders<T>(node: FolderNode<T>): string[] {
  return node.folders.flatMap((folder) => [folder.path, ...listFolders(folder)]);
}

/** Every document in a folder and below it. */
export function itemsBelow<T>(node: FolderNode<T>): T[] {
  return [...node.items, ...node.folders.flatMap((folder) => itemsBelow(folder))];
}
