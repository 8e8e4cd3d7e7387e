import type { CheckInResult } from "@afterkeep/sdk";
import { Link } from "@tanstack/react-router";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { LooseningNotices } from "./loosening-notices.tsx";
import { nameOf } from "./unheard-notice.tsx";

/** Why no "counted" in the title: with nothing to check it against, the signature is only the server's word. */
function Unchecked({ result }: { result: CheckInResult }) {
  return (
    <Notice kind="attention" title="The server answered that your check-in counted" announce>
      <p>
        This device has not seen this keyholder before, so the answer could not be checked against anything. To be sure,
        check in on a device that you use for your vault.
      </p>
      {result.earliestMs === null ? null : (
        <p>
          It says that nothing can be released before <Moment at={result.earliestMs} />.
        </p>
      )}
    </Notice>
  );
}

function Counted({ result }: { result: CheckInResult }) {
  return (
    <Notice kind="good" title="Your check-in counted" announce>
      <p>
        The keyholder signed a receipt for it on <Moment at={result.at} />.
      </p>
      {result.earliestMs === null ? (
        result.unheard.length > 0 ? null : (
          <p>Nothing is armed, so nothing can be released.</p>
        )
      ) : (
        <p>
          Nothing can be released before <Moment at={result.earliestMs} />.
        </p>
      )}
      {result.unknownChanges ? (
        <p>
          It counted under changes that this device cannot verify yet. Unlock your vault here to look at them. If you
          made no changes on another device, do it soon.
        </p>
      ) : null}
    </Notice>
  );
}

function HandOvers({ handOvers }: Pick<CheckInResult, "handOvers">) {
  return handOvers.map(({ b, title, waitsUntilMs }) => {
    const name = title === "" ? "what you left" : `“${title}”`;
    const isWaiting = waitsUntilMs !== null;
    return (
      <Notice key={b} kind="attention" title={isWaiting ? "The hand-over waits" : "The hand-over goes on"} announce>
        {isWaiting ? (
          <p>
            The hand-over of {name} waits until <Moment at={waitsUntilMs} /> at the earliest. Then it goes on by itself,
            and no further link keeps it back.
          </p>
        ) : (
          <p>The hand-over of {name} has begun, and this did NOT stop it.</p>
        )}
        <p>
          <Link to="/home">Sign in to your vault</Link> and press “I’m here” there to stop it.
        </p>
      </Notice>
    );
  });
}

/** There is no third way: a verified receipt, or it did NOT count, and that is said in those words. */
export function CheckInOutcome({ result, error }: { result: CheckInResult | undefined; error: unknown }) {
  if (result) {
    const { at, pinned, unheard, lapsed, loosenings } = result;
    return (
      <>
        {pinned ? <Counted result={result} /> : <Unchecked result={result} />}
        <HandOvers handOvers={result.handOvers} />
        <LooseningNotices loosenings={loosenings} nowMs={at} />
        {lapsed.length === 0 ? null : (
          <Notice kind="attention" title="Your newest plan does not count for everything" announce>
            <p>
              Since the keyholder was restored from a backup, it goes by an older plan, or none, for{" "}
              {lapsed.map(nameOf).join(", ")}. Look at it, and arm it again.
            </p>
          </Notice>
        )}
        {unheard.length === 0 ? null : (
          <Notice kind="attention" title="It did NOT count for everything" announce>
            <p>The keyholder cannot read its record of {unheard.map(nameOf).join(", ")}.</p>
          </Notice>
        )}
      </>
    );
  }
  if (!error) return null;
  return (
    <div data-testid="not-counted">
      <ProblemNotice error={error} title="This check-in did NOT count" />
    </div>
  );
}
