-- A claim lasts by the database's clock, the one clock that all who claim share: two machines whose wall clocks are an hour apart would each take
-- the other's claim for lapsed, and send a mail twice. When a mail is due stays the claimer's own word: an early try does no harm.
alter table outbox add column claimed_until timestamptz;
grant update (claimed_until) on outbox to ak_clock;

drop function outbox_claim(bigint, bigint, integer);
-- `is_unresolved`: nobody wrote what became of the claim before this one.
create function outbox_claim(now_ms bigint, lease_ms bigint, batch integer)
  returns table (id uuid, tenant uuid, attempt integer, is_unresolved boolean)
  language sql security definer set search_path = public, pg_temp
as $$
  update outbox
  set attempts = outbox.attempts + 1, claimed_until = clock_timestamp() + lease_ms * interval '1 millisecond'
  from (
    select due.id, due.claimed_until is not null as is_unresolved from outbox due
    where due.state = 'queued'
      -- No try is ever put off by more than half an hour: one that is further away was put off by a wrong clock.
      and (due.next_attempt_at <= now_ms or due.next_attempt_at > now_ms + 3600000)
      -- And no claim lasts much longer than a lease: one that ends later was made while the database's clock was wrong.
      and (due.claimed_until is null or due.claimed_until <= clock_timestamp()
        or due.claimed_until > clock_timestamp() + 2 * lease_ms * interval '1 millisecond')
    order by due.next_attempt_at
    limit batch
    for update skip locked
  ) as due
  where outbox.id = due.id
  returning outbox.id, outbox.tenant, outbox.attempts, due.is_unresolved
$$;
revoke all on function outbox_claim(bigint, bigint, integer) from public;
grant execute on function outbox_claim(bigint, bigint, integer) to ak_clock;
