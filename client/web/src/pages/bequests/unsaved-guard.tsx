import { useBlocker } from "@tanstack/react-router";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";

/** A letter that took an hour must not vanish by a press on the wrong place: asks before the page is left, in the app or by closing. */
export function UnsavedGuard({ unsaved }: { unsaved: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => unsaved,
    enableBeforeUnload: () => unsaved,
    withResolver: true,
  });
  return (
    <Dialog title="Leave without saving?" open={status === "blocked"} onClose={() => reset?.()}>
      <p>What you wrote here is not saved yet.</p>
      <div className="row row-end row-actions">
        <Button look="grave" onClick={() => proceed?.()}>
          Leave without saving
        </Button>
        <Button onClick={() => reset?.()}>Stay here</Button>
      </div>
    </Dialog>
  );
}
