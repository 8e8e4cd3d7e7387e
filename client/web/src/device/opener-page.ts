import { SdkError } from "@afterkeep/sdk";

/** The page that opens a saved folder without any server, as this server ships it. */
export async function fetchOpenerPage(signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch("/opener/open.html", { signal }).catch(() => null);
  const isPage = response?.ok === true && (response.headers.get("content-type") ?? "").startsWith("text/html");
  if (!isPage) {
    throw new SdkError("opener-missing", "This server did not hand out the page that opens a saved folder.", {
      next: "Nothing was saved. Download the documents one by one, and tell whoever runs the server.",
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}
