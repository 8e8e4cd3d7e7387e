import { Notice } from "../../parts/notice.tsx";

/** Why dates are later than they were. @param percent of the last week that counted; null where that was enough */
export function ShortWeekNotice({ percent }: { percent: number | null }) {
  if (percent === null) return null;
  return (
    <Notice kind="attention" title={`Only ${percent} % of the last week counted`}>
      <p>
        For the rest of it your server was off, could not be reached, or was unsure of the time. Dates move later by as
        much; nothing can come early. Whoever runs the server can see why.
      </p>
    </Notice>
  );
}
