import type { OpenedRelease } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";

type Props = { opened: Pick<OpenedRelease, "isChainOlder" | "older">; ownerName: string };

/**
 * What cannot be told of a release over an older chain. Why both cases: a server that only hides something must not have this page throw doubt on a last will, and
 * one that was restored must not have it promise that this is the last.
 */
export function UnsureNotice({ opened, ownerName }: Props) {
  if (!opened.isChainOlder) return null;
  return (
    <Notice kind="attention" title="One thing cannot be told here">
      <p>
        What you see is genuine, and it is what {ownerName}’s keyholder decided to give you. But the server shows less
        of what {ownerName} signed than this device has seen before. Ask whoever runs it whether it was restored from a
        backup.
      </p>
      <p>
        If it was, {ownerName} may have changed this later, and that change is gone.
        {opened.older ? null : ` If it was not, this is the last that ${ownerName} signed for you here.`}
      </p>
    </Notice>
  );
}
