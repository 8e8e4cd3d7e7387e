import type { VerifiedLog } from "@afterkeep/sdk";
import { queryOptions } from "@tanstack/react-query";
import { readLastReceipt } from "../device/last-receipt.ts";
import { afterkeep, store } from "./afterkeep.ts";
import { readActivity } from "./read-activity.ts";

export const serverQuery = queryOptions({
  queryKey: ["server"],
  queryFn: () => afterkeep.readServer(),
  staleTime: 60_000,
});

/** Who this browser knows, signed in or not; null where nobody ever was. */
export const rememberedQuery = queryOptions({
  queryKey: ["remembered"],
  queryFn: async () => {
    const profile = await store.load();
    if (profile === null || profile.account === "") return null;
    return { account: profile.account, email: profile.email, displayName: profile.displayName };
  },
  staleTime: Infinity,
});

/** Null: locked. The root key lives in this page's memory alone, so a reload always begins locked. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => afterkeep.session(),
  staleTime: Infinity,
});

export const accountQuery = queryOptions({ queryKey: ["account"], queryFn: () => afterkeep.getAccount() });
export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: () => afterkeep.status(),
  refetchInterval: 60_000,
});
/** Under the status, so that what a receipt changed is read anew with it. */
export const pendingRequestsQuery = queryOptions({
  queryKey: [...statusQuery.queryKey, "requests"],
  queryFn: () => afterkeep.pendingRequests(),
});
/** Asks this browser alone, and often: whatever reads the signed statements may have met a restore. */
export const restoreNoticeQuery = queryOptions({
  queryKey: ["restore"],
  queryFn: () => afterkeep.restoreNotice(),
  staleTime: 0,
  refetchInterval: 5_000,
});
export const vaultQuery = queryOptions({ queryKey: ["documents"], queryFn: () => afterkeep.listVault() });
/** Those of the vault that verify. */
export const documentsQuery = queryOptions({ ...vaultQuery, select: ({ documents }) => documents });
export function versionsQuery(doc: string) {
  return queryOptions({ queryKey: ["documents", "versions", doc], queryFn: () => afterkeep.listVersions(doc) });
}
export const pendingUploadsQuery = queryOptions({
  queryKey: ["pending-uploads"],
  queryFn: () => afterkeep.pendingUploads(),
  // Why only then: what another window has under way ends there, and nobody tells this one.
  refetchInterval: ({ state }) => (state.data?.some(({ isUnderWay }) => isUnderWay) ? 5000 : false),
});
export const versionPolicyQuery = queryOptions({
  queryKey: ["version-policy"],
  queryFn: () => afterkeep.versionPolicy(),
});
export const recipientsQuery = queryOptions({ queryKey: ["recipients"], queryFn: () => afterkeep.listRecipients() });
export const bequestsQuery = queryOptions({ queryKey: ["bequests"], queryFn: () => afterkeep.listBequests() });
export const logQuery = queryOptions({
  queryKey: ["log"],
  queryFn: ({ client, queryKey }) => readActivity(client.getQueryData<VerifiedLog>(queryKey)),
});
export const lastReceiptQuery = queryOptions({
  queryKey: ["last-receipt"],
  queryFn: () => readLastReceipt(),
  staleTime: Infinity,
});
