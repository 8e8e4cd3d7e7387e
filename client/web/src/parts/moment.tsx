import { formatDay, formatMoment, formatShortDay, formatShortMoment } from "../words/dates.ts";

const forms = { moment: formatMoment, day: formatDay, short: formatShortMoment, shortDay: formatShortDay };

/** A date that people read and programs can too. */
export function Moment({ at, form = "moment" }: { at: number; form?: keyof typeof forms }) {
  return <time dateTime={new Date(at).toISOString()}>{forms[form](at)}</time>;
}
