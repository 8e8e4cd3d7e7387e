import type { CheckInResult } from "@afterkeep/sdk";
import { Link } from "@tanstack/react-router";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { LooseningNotices } from "../home/loosening-notices.tsx";

/** A first arming and a tightening bind at once; a loosening cools, and the receipt says so: the row still has the old policy. */
export function ArmedOutcome({ b, result }: { b: string; result: CheckInResult }) {
  const row = result.rows.find((candidate) => candidate.b === b);
  const cooling = result.receipt.pending.loosenings.find((pending) => pending.b === b);
  return (
    <Page title={cooling ? "The change is cooling" : "It is armed"}>
      <Notice kind="good" title="The keyholder signed a receipt" announce>
        {row ? (
          <p>
            Not before{" "}
            <strong>
              <Moment at={row.earliestMs} />
            </strong>{" "}
            can anything of it be released. Each check-in moves that date on.
          </p>
        ) : null}
        {cooling ? (
          <p>
            It opens sooner, or to more people, than before. So it binds on{" "}
            <Moment at={result.at + cooling.left} form="day" /> at the earliest, and until then you can take it back.
          </p>
        ) : null}
      </Notice>
      <LooseningNotices loosenings={result.loosenings.filter((one) => one.b !== b)} nowMs={result.at} />
      <div className="row">
        <Link to="/home" className="button">
          Go home
        </Link>
        <Link to="/bequests/$b" params={{ b }} className="button button-second">
          See the bequest
        </Link>
      </div>
    </Page>
  );
}
