import type { CheckInResult } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";

/** What a check-in did not count for. Why a notice of its own: whoever reads only the good one must not think that it was for everything. */
export function UnheardNotice({ title, unheard }: { title: string; unheard: CheckInResult["unheard"] }) {
  if (unheard.length === 0) return null;
  return (
    <Notice kind="attention" title={title} announce>
      <p>The keyholder cannot read its record of:</p>
      <ul>
        {unheard.map(({ b, title: name }) => (
          <li key={b}>{name === "" ? "a bequest of yours; unlock your vault here to see which" : name}</li>
        ))}
      </ul>
      <p>
        Nothing of it is handed over meanwhile, and you cannot change or stop it. Tell whoever runs the server: the
        record must be mended, or the keyholder restored from a backup.
      </p>
    </Notice>
  );
}
