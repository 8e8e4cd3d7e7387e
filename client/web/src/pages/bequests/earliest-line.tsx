import type { BequestInfo } from "@afterkeep/sdk";
import { isStill } from "@afterkeep/switch";
import { Moment } from "../../parts/moment.tsx";

/** The date first: before this moment nothing of the bequest can be released. */
export function EarliestLine({ bequest }: { bequest: Pick<BequestInfo, "state" | "earliestMs"> }) {
  if (bequest.state === "closed") return <p>It was released, and everybody has fetched it.</p>;
  if (isStill(bequest.state) || bequest.earliestMs === null) return <p>It cannot be released: it is not armed.</p>;
  if (bequest.state === "releasing" || bequest.state === "released") {
    return (
      <p>
        Released; the decision fell on or after <Moment at={bequest.earliestMs} />.
      </p>
    );
  }
  return (
    <p>
      Not before{" "}
      <strong>
        <Moment at={bequest.earliestMs} />
      </strong>
    </p>
  );
}
