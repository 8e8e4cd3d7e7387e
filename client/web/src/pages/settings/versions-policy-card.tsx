import type { VersionPolicy } from "@afterkeep/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "../../parts/button.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { NumberField } from "../../parts/number-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { versionPolicyQuery } from "../../session/queries.ts";

/** How long earlier versions of documents are kept. Sealed like everything else: the server does not know it. */
export function VersionsPolicyCard() {
  const policy = useQuery(versionPolicyQuery);
  return (
    <section className="card" aria-labelledby="kept-versions">
      <h2 id="kept-versions">Earlier versions</h2>
      <p>A changed document keeps what it was before. Older ones are let go when you next add or change something.</p>
      <ProblemNotice error={policy.error} />
      {policy.isPending ? <Loading /> : null}
      {policy.data ? <PolicyForm policy={policy.data} /> : null}
    </section>
  );
}

function PolicyForm({ policy }: { policy: VersionPolicy }) {
  const client = useQueryClient();
  const [keepVersions, setKeepVersions] = useState(policy.keepVersions);
  const [keepDays, setKeepDays] = useState(policy.keepDays);
  const isChanged = keepVersions !== policy.keepVersions || keepDays !== policy.keepDays;
  const save = useMutation({
    mutationFn: () => afterkeep.setVersionPolicy({ keepVersions, keepDays }),
    onSuccess: () => client.invalidateQueries({ queryKey: versionPolicyQuery.queryKey }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <NumberField
        label="Versions kept of each document"
        hint="The current one counts: 1 keeps nothing older."
        min={1}
        max={1000}
        value={keepVersions}
        onChange={setKeepVersions}
      />
      <NumberField
        label="For at most … days"
        hint="0 keeps them however old they are."
        min={0}
        max={36_500}
        value={keepDays}
        onChange={setKeepDays}
      />
      <ProblemNotice error={save.error} />
      {save.isSuccess && !isChanged ? (
        <Notice kind="good" announce>
          <p>Kept like this from now on.</p>
        </Notice>
      ) : null}
      <div>
        <Button type="submit" look="second" disabled={!isChanged} busy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
