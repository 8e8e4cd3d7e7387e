import { describe, expect, it } from "vitest";
import { buildFolderTree, findFolder, itemsBelow, listFolders } from "./folder-tree.ts";

describe("the folder tree", () => {
  it("puts every document where its sealed metadata says, sorted as people sort", () => {
    const tree = buildFolderTree([
      { folder: "", name: "will.pdf" },
      { folder: "House/Insurance", name: "10.pdf" },
      { folder: "House/Insurance", name: "9.pdf" },
      { folder: "House", name: "deed.pdf" },
      { folder: "Accounts", name: "bank.txt" },
    ]);
    expect(tree.count).toBe(5);
    expect(tree.items.map((item) => item.name)).toEqual(["will.pdf"]);
    expect(tree.folders.map((folder) => [folder.name, folder.count])).toEqual([
      ["Accounts", 1],
      ["House", 3],
    ]);
    const insurance = tree.folders[1]?.folders[0];
    expect(insurance?.path).toBe("House/Insurance");
    expect(insurance?.items.map((item) => item.name)).toEqual(["9.pdf", "10.pdf"]);
  });

  it("keeps two folders of one name in different places apart", () => {
    const tree = buildFolderTree([
      { folder: "a/x", name: "1" },
      { folder: "b/x", name: "2" },
    ]);
    expect(tree.folders.map((folder) => folder.folders[0]?.items[0]?.name)).toEqual(["1", "2"]);
  });
});

describe("a folder of the tree", () => {
  const tree = buildFolderTree([
    { folder: "House/Insurance", name: "9.pdf" },
    { folder: "House", name: "deed.pdf" },
    { folder: "", name: "will.pdf" },
  ]);

  it("is found by its path, and not where nothing lies in it", () => {
    expect(findFolder(tree, "House/Insurance")?.items.map(({ name }) => name)).toEqual(["9.pdf"]);
    expect(findFolder(tree, "")).toBe(tree);
    expect(findFolder(tree, "House/Deeds")).toBeNull();
  });

  it("is listed with its parents first, and holds what lies below it", () => {
    expect(listFolders(tree)).toEqual(["House", "House/Insurance"]);
    expect(itemsBelow(findFolder(tree, "House") ?? tree).map(({ name }) => name)).toEqual(["deed.pdf", "9.pdf"]);
  });
});
