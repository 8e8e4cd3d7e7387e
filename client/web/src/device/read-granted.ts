/** The file behind a kept handle, after asking for leave where the browser wants it. Null: no leave, or the file is gone. */
export async function readGranted(handle: FileSystemFileHandle): Promise<File | null> {
  try {
    const ask: unknown = Reflect.get(handle, "requestPermission");
    const leave: unknown = typeof ask === "function" ? await Reflect.apply(ask, handle, [{ mode: "read" }]) : "granted";
    return leave === "granted" ? await handle.getFile() : null;
  } catch {
    return null;
  }
}
