import type { RecipientView } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";

/** Where the server shows less of what the owner signed than this device has seen. */
export function OlderNotice({ view }: { view: RecipientView }) {
  if (!view.isChainOlder) return null;
  return (
    <Notice kind="attention" title="Something is missing here">
      <p>
        The server shows less of what {view.ownerName} signed than this device has seen. It was probably restored from a
        backup; if nobody can tell you so, it may be hiding something, so ask whoever runs it.
      </p>
      <p>What is left to you opens all the same, as long as it was decided since then.</p>
    </Notice>
  );
}
