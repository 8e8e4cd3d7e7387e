import { useQuery } from "@tanstack/react-query";
import { linkToken } from "../../device/link-token.ts";
import { afterkeep } from "../../session/afterkeep.ts";

/**
 * A recipient's visit: by the link they just opened, else by the cookie of a visit not long ago (a reload must not lose them).
 * Null: neither.
 */
export function useVisit() {
  return useQuery({
    queryKey: ["visit"],
    queryFn: () => (linkToken() === "" ? afterkeep.resumeRecipient() : afterkeep.openInvitation(linkToken())),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}
