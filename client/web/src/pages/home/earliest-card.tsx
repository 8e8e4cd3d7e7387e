import type { ReactNode } from "react";
import type { LastReceipt } from "../../device/last-receipt.ts";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useProductNow } from "../../session/use-product-now.ts";
import { formatDistance } from "../../words/dates.ts";

function Value({ earliestMs, nowMs }: { earliestMs: number | null; nowMs: number }) {
  if (earliestMs === null) {
    return (
      <>
        <p className="moment-value">Nothing can be released</p>
        <p className="soft">Nothing of yours runs now, so there is no such moment.</p>
      </>
    );
  }
  return (
    <>
      <p className="moment-value">
        <Moment at={earliestMs} />
      </p>
      <p className="soft">
        {earliestMs > nowMs
          ? `That is ${formatDistance(earliestMs, nowMs)}. It can be later, never earlier.`
          : "That moment has passed. Check in to see where things stand."}
      </p>
    </>
  );
}

/** The most important date of the product, always from a receipt that this device verified, never from the server's word. */
export function EarliestCard({ receipt, children }: { receipt: LastReceipt | null; children?: ReactNode }) {
  const now = useProductNow()();
  return (
    <section className="card card-hero" aria-labelledby="earliest">
      <div className="stack stack-tight">
        <h2 id="earliest" className="moment-label small">
          The earliest moment anything can be released
        </h2>
        {receipt === null ? (
          <Notice kind="attention" title="Not confirmed yet">
            <p>This device holds no signed receipt of the keyholder. Check in once, and the date stands here.</p>
          </Notice>
        ) : (
          <>
            <Value earliestMs={receipt.earliestMs} nowMs={now} />
            <p className="soft small">
              Confirmed by the keyholder’s signed receipt of <Moment at={receipt.at} form="short" />.
            </p>
          </>
        )}
      </div>
      {children}
    </section>
  );
}
