import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type BequestDraft, dayMs, defaultTimes } from "@afterkeep/sdk";
import { useState } from "react";
import { Page } from "../../parts/page.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { bequestsQuery } from "../../session/queries.ts";
import { BequestForm } from "./bequest-form.tsx";

const thirtyDaysMs = 30 * dayMs;

function emptyDraft(): BequestDraft {
  return { title: "", message: "", recipients: [], documents: [], times: defaultTimes(thirtyDaysMs).times };
}

export function NewBequestPage() {
  const [initial] = useState(emptyDraft);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (draft: BequestDraft) => afterkeep.createBequest(draft),
    onSuccess: async ({ b }) => {
      await client.invalidateQueries({ queryKey: bequestsQuery.queryKey });
      await navigate({ to: "/bequests/$b", params: { b } });
    },
  });
  return (
    <Page title="Write a bequest" lead="It stays a draft, sealed for you alone, until you arm it.">
      <BequestForm initial={initial} saving={create.isPending} error={create.error} onSave={create.mutate} />
    </Page>
  );
}
