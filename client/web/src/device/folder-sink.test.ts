import { streamOf } from "@afterkeep/sealing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseFolderSink } from "./folder-sink.ts";

afterEach(() => vi.unstubAllGlobals());

/** A folder as browsers give it: what is not there is an error, and a file changes only when its writer is closed. */
function aFolder(files: Map<string, string>, path = ""): object {
  const missing = () => new DOMException("", "NotFoundError");
  const isFolder = (place: string) => [...files.keys()].some((file) => file.startsWith(`${place}/`));
  return {
    getDirectoryHandle: async (name: string, options?: { readonly create?: boolean }) => {
      if (options?.create !== true && !isFolder(path + name)) throw missing();
      return aFolder(files, `${path}${name}/`);
    },
    removeEntry: async (name: string) => {
      if (!files.delete(path + name)) throw missing();
    },
    getFileHandle: async (name: string, options?: { readonly create?: boolean }) => {
      if (!files.has(path + name) && options?.create !== true) throw missing();
      files.set(path + name, files.get(path + name) ?? "");
      return {
        getFile: async () => new Blob([files.get(path + name) ?? ""]),
        createWritable: async () => {
          let text = "";
          return new WritableStream<Uint8Array>({
            write: (part) => void (text += new TextDecoder().decode(part)),
            close: () => void files.set(path + name, text),
          });
        },
      };
    },
  };
}

async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode("half");
  throw new Error("the server failed");
}

describe("a folder that a release is saved into", () => {
  it("keeps an earlier file where writing it anew fails, and no half of a new one", async () => {
    const files = new Map([["From Clara/documents/a.age", "whole"]]);
    vi.stubGlobal("showDirectoryPicker", async () => aFolder(files));
    const sink = await chooseFolderSink("From Clara");
    if (sink === null) throw new Error("no folder");
    for (const path of ["documents/a.age", "documents/b.age"])
      await expect(sink.writeFile(path, streamOf(broken()))).rejects.toThrow("the server failed");
    expect(Object.fromEntries(files)).toEqual({ "From Clara/documents/a.age": "whole" });
    await sink.writeFile("documents/a.age", new TextEncoder().encode("new"));
    expect((await sink.readFile("documents/a.age"))?.size).toBe(3);
    expect([await sink.readFile("documents/b.age"), await sink.readFile("other/b.age")]).toEqual([null, null]);
    await sink.removeFile("documents/a.age");
    await sink.removeFile("documents/a.age");
    expect(files.size).toBe(0);
  });
});
