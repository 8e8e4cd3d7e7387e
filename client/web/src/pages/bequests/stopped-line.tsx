import type { BequestInfo } from "@afterkeep/sdk";
import { Link } from "@tanstack/react-router";
import { Moment } from "../../parts/moment.tsx";

/** Why "any of your devices": this one may never have seen that another did it. */
export function StoppedLine({ bequest }: { bequest: Pick<BequestInfo, "state" | "stoppedAt"> }) {
  if (bequest.stoppedAt === null) return null;
  return (
    <p className="soft">
      You {bequest.state === "paused" ? "paused" : "disarmed"} it on <Moment at={bequest.stoppedAt} />, on this device
      or another of yours. Everything that was done stands under <Link to="/activity">Activity</Link>.
    </p>
  );
}
