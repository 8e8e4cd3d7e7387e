import type { RecipientView } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";

type Props = { view: Pick<RecipientView, "isChainOlder" | "ownerName" | "pinned" | "pinMatches"> };

/** What the owner signed of this recipient's key. */
export function PinNotice({ view }: Props) {
  // Why: over an older chain the newest word on this key may be missing, be it good or bad.
  if (view.isChainOlder) {
    return (
      <Notice title="Your key cannot be checked at the moment">
        <p>
          Whether {view.ownerName} has confirmed your key cannot be told here for now. There is nothing that you must
          do; only keep your passphrase or your key file.
        </p>
      </Notice>
    );
  }
  if (view.pinMatches === false) {
    return (
      <Notice kind="problem" title="This is not the key that you made">
        <p>
          {view.ownerName} signed for another key than yours. Call {view.ownerName} and compare the words below before
          anything else.
        </p>
      </Notice>
    );
  }
  if (view.pinned === "words" || view.pinned === "qr") {
    return (
      <Notice kind="good" title={`${view.ownerName} has compared the words`}>
        <p>
          Your key is the one they will seal to. There is nothing more to do; you will get a mail if it is ever needed.
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="One thing remains">
      <p>{view.ownerName} will call you to compare these eight words. Read them out just as they are.</p>
    </Notice>
  );
}
