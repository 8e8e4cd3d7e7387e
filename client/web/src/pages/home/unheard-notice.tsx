import type { CheckInResult } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";

type Unheard = CheckInResult["unheard"];

/** Without the vault nobody knows its title. */
export function nameOf({ title }: Unheard[number]): string {
  return title === "" ? "a bequest of yours" : `“${title}”`;
}

/** What the last check-in did not count for, as long as that is so. */
export function UnheardNotice({ unheard }: { unheard: Unheard }) {
  if (unheard.length === 0) return null;
  return (
    <Notice kind="attention" title="Your last check-in did NOT count for everything">
      <p>The keyholder cannot read its record of {unheard.map(nameOf).join(", ")}.</p>
      <p>
        Nothing of it is handed over meanwhile, and you cannot change or stop it. Tell whoever runs the server: the
        record must be mended, or the keyholder restored from a backup.
      </p>
    </Notice>
  );
}
