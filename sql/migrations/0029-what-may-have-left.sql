-- Whether somebody is at a letter, and whether a mail server may have it, were both read from `claimed_until`; and the second was forgotten where a letter was given up
-- and written anew. Who was told by it that something is open was then never told that it was taken back. So it has a column of its own, and is never taken back.
alter table outbox add column may_have_left boolean not null default false;
update outbox set may_have_left = true where claimed_until is not null and (state <> 'queued' or sealed is not null);
update outbox set claimed_until = null where state <> 'queued';
-- How often it was claimed. It names a claim: `attempts` is counted back where nothing could be tried, and a process that stood still met its own number in another's claim.
alter table outbox add column claims integer not null default 0;
grant update (may_have_left) on outbox to ak_clock;

drop function outbox_claim(bigint, bigint, integer);
-- Why a hundred beside the batch: what it is the planner does not know, and would sort a tenth of a million rows for ten of them. A hundred is the most that is claimed at once.
create function outbox_claim(now_ms bigint, lease_ms bigint, batch integer)
  returns table (id uuid, tenant uuid, attempt integer, claim integer, may_have_left boolean)
  language sql security definer set search_path = public, pg_temp
as $$
  with awaited as (
    select * from (
      -- Nobody wrote what became of the claim before, and the letter had its words.
      select due.id, due.claimed_until is not null and due.sealed is not null as is_unresolved from outbox due
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
      select due.id, due.claimed_until is not null and due.sealed is not null as is_unresolved from outbox due
      where due.state = 'queued' and due.kind = 'held'
        and (due.next_attempt_at <= now_ms or due.next_attempt_at > now_ms + 3600000)
        and (due.claimed_until is null or due.claimed_until <= clock_timestamp()
          or due.claimed_until > clock_timestamp() + 2 * lease_ms * interval '1 millisecond')
      order by due.next_attempt_at limit 100 for update skip locked
    ) as found limit batch - (select count(*) from awaited)
  )
  update outbox
  set attempts = outbox.attempts + 1, claims = outbox.claims + 1,
    may_have_left = outbox.may_have_left or due.is_unresolved,
    claimed_until = clock_timestamp() + lease_ms * interval '1 millisecond'
  from (select * from awaited union all select * from others) as due
  where outbox.id = due.id
  returning outbox.id, outbox.tenant, outbox.attempts, outbox.claims, outbox.may_have_left
$$;
revoke all on function outbox_claim(bigint, bigint, integer) from public;
grant execute on function outbox_claim(bigint, bigint, integer) to ak_clock;
