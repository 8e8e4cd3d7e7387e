import type { RecipientView } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";

/** Where the server shows less of what the owner signed than this device has seen. */
export function OlderNotice({ view }: { view: Pick<RecipientView, "isChainOlder" | "ownerName" | "state"> }) {
  if (!view.isChainOlder) return null;
  return (
    <Notice kind="attention" title="Something is missing here">
      <p>
        The server shows less of what {view.ownerName} signed than this device has seen before. Most likely it was
        restored from a backup. Whoever runs it can tell you.
      </p>
      {view.state === "invited" ? null : (
        <p>
          What {view.ownerName} left you can still be opened if it was released after you were last here. If it cannot,
          try another device, with your passphrase or your key file.
        </p>
      )}
    </Notice>
  );
}
