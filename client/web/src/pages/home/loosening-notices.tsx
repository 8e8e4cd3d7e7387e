import type { LooseningInfo } from "@afterkeep/sdk";
import { Link } from "@tanstack/react-router";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { nameOf } from "./unheard-notice.tsx";

type Shown = { loosening: LooseningInfo; nowMs: number };

/** Why two words: a receipt may be older than the end of the cooling, and nothing that is signed says whether it binds since. */
function WhenItBinds({ loosening: { bindsMs, isProven }, nowMs }: Shown) {
  return (
    <p>
      {bindsMs > nowMs ? "It is not in force before " : "It may be in force since "}
      <strong>
        <Moment at={bindsMs} />
      </strong>
      .{isProven ? null : " That is the server’s word: no signed receipt that this device can check says it."}
    </p>
  );
}

function See({ b, children }: { b: string; children: string }) {
  return (
    <Link to="/bequests/$b" params={{ b }}>
      {children}
    </Link>
  );
}

/** Why nobody is named: which of the owner's devices signed it, no device can know. */
function SignedElsewhere({ loosening, nowMs }: Shown) {
  return (
    <Notice kind="attention" title={`Somebody with your keys changed ${nameOf(loosening)} to give more, or sooner`}>
      <p>It was not signed on this device.</p>
      <WhenItBinds {...{ loosening, nowMs }} />
      <p>
        If this was not you: stop it before then. <See b={loosening.b}>Open the bequest</See>, and disarm it or arm it
        anew as you want it; either ends the change at once. Then look under <Link to="/activity">Activity</Link> at
        what else was signed in your name.
      </p>
    </Notice>
  );
}

/** Why calm, and not "you" either: mostly the owner did it a moment ago, and whoever sat here cannot be known. */
function SignedHere({ loosening, nowMs }: Shown) {
  return (
    <Notice title={`On this device ${nameOf(loosening)} was changed to give more, or sooner`}>
      <WhenItBinds {...{ loosening, nowMs }} />
      <p>
        To take it back, or if it was not you, <See b={loosening.b}>open the bequest</See>, and disarm it or arm it anew
        as you want it.
      </p>
    </Notice>
  );
}

/** Every change that gives more, or sooner, and cools, as long as that is so. @param nowMs product time */
export function LooseningNotices({ loosenings, nowMs }: { loosenings: readonly LooseningInfo[]; nowMs: number }) {
  return loosenings.map((loosening) => {
    const Told = loosening.isOwn ? SignedHere : SignedElsewhere;
    return <Told key={loosening.policyHash} {...{ loosening, nowMs }} />;
  });
}
