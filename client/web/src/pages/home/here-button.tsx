import type { CheckInResult } from "@afterkeep/sdk";
import { Button } from "../../parts/button.tsx";
import { useCheckIn } from "../../session/use-check-in.ts";
import { CheckInOutcome } from "./check-in-outcome.tsx";

/** One press, no passphrase: this device's own key signs. */
export function HereButton({ way }: { way: () => Promise<CheckInResult> }) {
  const checkIn = useCheckIn(way);
  return (
    <div className="stack">
      <Button
        look="here"
        busy={checkIn.isPending}
        busyLabel="Waiting for the receipt…"
        onClick={() => checkIn.mutate()}
      >
        I’m here
      </Button>
      <CheckInOutcome result={checkIn.data} error={checkIn.error} />
    </div>
  );
}
