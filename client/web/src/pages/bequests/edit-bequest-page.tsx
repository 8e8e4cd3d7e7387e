import type { BequestDraft } from "@afterkeep/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { bequestsQuery } from "../../session/queries.ts";
import { BequestForm } from "./bequest-form.tsx";

export function EditBequestPage({ b }: { b: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const bequests = useQuery({ ...bequestsQuery, refetchOnWindowFocus: false });
  const save = useMutation({
    mutationFn: (draft: BequestDraft) => afterkeep.updateBequest(b, draft),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: bequestsQuery.queryKey });
      await navigate({ to: "/bequests/$b", params: { b } });
    },
  });
  const bequest = bequests.data?.find((candidate) => candidate.b === b);
  if (bequests.isPending) return <Loading />;
  return (
    <Page
      title="Change the bequest"
      lead="What is armed stays as it is until you arm the changes. A change that opens sooner or to more people waits seven days, and you can take it back."
    >
      <ProblemNotice error={bequests.error} />
      {bequest ? (
        <BequestForm initial={bequest.draft} saving={save.isPending} error={save.error} onSave={save.mutate} />
      ) : null}
    </Page>
  );
}
