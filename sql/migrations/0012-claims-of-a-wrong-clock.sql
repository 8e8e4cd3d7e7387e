-- No try is ever put off by more than half an hour. One that is further away was put off by a clock that has been put right since (a machine that
-- woke up in 2040), and the mail would wait for that year: it is due now.
create or replace function outbox_claim(now_ms bigint, lease_ms bigint, batch integer)
  returns table (id uuid, tenant uuid, attempt integer)
  language sql security definer set search_path = public, pg_temp
  as $$
  update outbox
  set attempts = attempts + 1, next_attempt_at = now_ms + lease_ms
  where outbox.id in (
    select due.id from outbox due
    where due.state = 'queued' and (due.next_attempt_at <= now_ms or due.next_attempt_at > now_ms + 3600000)
    order by due.next_attempt_at
    limit batch
    for update skip locked
  )
  returning outbox.id, outbox.tenant, outbox.attempts
$$;
