import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { restoreNoticeQuery } from "../../session/queries.ts";

/** Stays until the owner says that they have looked; while the vault is locked there is nothing to press. */
export function RestoredNotice({ isLocked }: { isLocked: boolean }) {
  const notice = useQuery(restoreNoticeQuery);
  const queries = useQueryClient();
  const accept = useMutation({
    mutationFn: () => afterkeep.acceptRestore(),
    onSuccess: () => queries.invalidateQueries(),
  });
  if (!notice.data) return null;
  return (
    <Notice kind="attention" title="Your keyholder was restored from a backup">
      <p>
        {notice.data.isChainOlder
          ? "The server was too: what you changed since then is gone, also people and documents. Nothing can be changed here until you have looked."
          : "Or its clock had been wrong for long. Some of what you changed may not count any more."}
      </p>
      <p>
        Look at your people, your devices and every bequest: stop again what you had stopped, and arm again what is not
        as you want it.
      </p>
      {isLocked ? (
        <p>Unlock your vault to do that.</p>
      ) : (
        <Button look="second" busy={accept.isPending} busyLabel="One moment…" onClick={() => accept.mutate()}>
          I have looked at everything
        </Button>
      )}
      <ProblemNotice error={accept.error} />
    </Notice>
  );
}
