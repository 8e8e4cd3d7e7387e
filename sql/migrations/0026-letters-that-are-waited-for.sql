-- After a restore of the keyholder's store an owner of each account is written to, ten letters at a time: of a million, that takes more than a day. Nobody waits
-- for one of them, and links to verify or to sign in, invitations, reminders and words of a release stood behind them all. So these leave when nothing else is due.
drop index outbox_due;
create index outbox_due on outbox (next_attempt_at) where state = 'queued' and kind <> 'held';
create index outbox_due_held on outbox (next_attempt_at) where state = 'queued' and kind = 'held';

-- Why a hundred beside the batch: what it is the planner does not know, and would sort a tenth of a million rows for ten of them. A hundred is the most that is claimed at once.
create or replace function outbox_claim(now_ms bigint, lease_ms bigint, batch integer)
  returns table (id uuid, tenant uuid, attempt integer, is_unresolved boolean)
  language sql security definer set search_path = public, pg_temp
as $$
  with awaited as (
    select * from (
      select due.id, due.claimed_until is not null as is_unresolved from outbox due
      where due.state = 'queued' and due.kind <> 'held'
        -- No try is ever put off by more than half an hour: one that is further away was put off by a wrong clock.
        and (due.next_attempt_at <= now_ms or due.next_attempt_at > now_ms + 3600000)
        -- And no claim lasts much longer than a lease: one that ends later was made while the database's clock was wrong.
        and (due.claimed_until is null or due.claimed_until <= clock_timestamp()
          or due.claimed_until > clock_timestamp() + 2 * lease_ms * interval '1 millisecond')
      order by due.next_attempt_at limit 100 for update skip locked
    ) as found limit batch
  ), others as (
    select * from (
      select due.id, due.claimed_until is not null as is_unresolved from outbox due
      where due.state = 'queued' and due.kind = 'held'
        and (due.next_attempt_at <= now_ms or due.next_attempt_at > now_ms + 3600000)
        and (due.claimed_until is null or due.claimed_until <= clock_timestamp()
          or due.claimed_until > clock_timestamp() + 2 * lease_ms * interval '1 millisecond')
      order by due.next_attempt_at limit 100 for update skip locked
    ) as found limit batch - (select count(*) from awaited)
  )
  update outbox
  set attempts = outbox.attempts + 1, claimed_until = clock_timestamp() + lease_ms * interval '1 millisecond'
  from (select * from awaited union all select * from others) as due
  where outbox.id = due.id
  returning outbox.id, outbox.tenant, outbox.attempts, due.is_unresolved
$$;
