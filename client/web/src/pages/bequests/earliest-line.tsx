import type { BequestInfo } from "@afterkeep/sdk";
import { isStill } from "@afterkeep/switch";
import { Moment } from "../../parts/moment.tsx";
import { useProductNow } from "../../session/use-product-now.ts";

/** The date first: before this moment nothing of the bequest can be released. */
export function EarliestLine({ bequest }: { bequest: Pick<BequestInfo, "state" | "earliestMs"> }) {
  const now = useProductNow()();
  if (bequest.state === "closed") return <p>It was released, and everybody has fetched it.</p>;
  if (isStill(bequest.state) || bequest.earliestMs === null) return <p>It cannot be released: it is not armed.</p>;
  if (bequest.state === "releasing" || bequest.state === "released") {
    if (bequest.earliestMs <= now) return <p>It was decided, and is being handed over.</p>;
    return (
      <p>
        Being handed over; nothing more before <Moment at={bequest.earliestMs} />.
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
