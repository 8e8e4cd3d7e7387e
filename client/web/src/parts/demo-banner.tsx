import { useQuery } from "@tanstack/react-query";
import { serverQuery } from "../session/queries.ts";

/** Nobody may mistake the accelerated clock for the real one. */
export function DemoBanner() {
  const { data } = useQuery(serverQuery);
  if (data?.mode !== "demo") return null;
  return (
    <p className="demo-banner" role="note">
      Demonstration with an accelerated clock. Keep nothing here that matters.
    </p>
  );
}
