-- When a letter is tried again, and the keyholder told again, is told by the database's clock too. Each process went by its own: of two that are a year apart, the one that is ahead took
-- what the other had put off for due at once, and a mail server that was away was asked without pause; of two that are half an hour apart, the one behind let it wait for that half hour.
-- What waits at this migration is due now.
alter table outbox alter column next_attempt_at type timestamptz using clock_timestamp(),
  alter column next_attempt_at set default clock_timestamp();
alter table reminder alter column note_at drop default, alter column note_at drop not null;
alter table reminder alter column note_at type timestamptz using null;

drop function outbox_claim(bigint, bigint, integer);
-- Why a hundred beside the batch: what it is the planner does not know, and would sort a tenth of a million rows for ten of them. A hundred is the most that is claimed at once.
create function outbox_claim(lease_ms bigint, batch integer)
  returns table (id uuid, tenant uuid, attempt integer, claim integer, may_have_left boolean)
  language sql security definer set search_path = public, pg_temp
as $$
  with awaited as (
    select * from (
      -- Nobody wrote what became of the claim before, and the letter had its words.
      select due.id, due.claimed_until is not null and due.sealed is not null as is_unresolved from outbox due
      where due.state = 'queued' and due.kind <> 'held'
        -- No try is ever put off by more than half an hour: one that is further away was put off while the database's clock was wrong.
        and (due.next_attempt_at <= clock_timestamp() or due.next_attempt_at > clock_timestamp() + interval '1 hour')
        -- And no claim lasts much longer than a lease: one that ends later was made while the database's clock was wrong.
        and (due.claimed_until is null or due.claimed_until <= clock_timestamp()
          or due.claimed_until > clock_timestamp() + 2 * lease_ms * interval '1 millisecond')
      order by due.next_attempt_at limit 100 for update skip locked
    ) as found limit batch
  ), others as (
    select * from (
      select due.id, due.claimed_until is not null and due.sealed is not null as is_unresolved from outbox due
      where due.state = 'queued' and due.kind = 'held'
        and (due.next_attempt_at <= clock_timestamp() or due.next_attempt_at > clock_timestamp() + interval '1 hour')
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
revoke all on function outbox_claim(bigint, integer) from public;
grant execute on function outbox_claim(bigint, integer) to ak_clock;

drop function find_reminders_to_note(bigint, integer);
create function find_reminders_to_note(batch integer) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
as $$
  select distinct due.tenant from (
    select tenant from public.reminder
    where accepted_at is not null and noted_at is null
      -- Never put off by an hour: what is further away was put off while the database's clock was wrong.
      and (note_at is null or note_at <= clock_timestamp() or note_at > clock_timestamp() + interval '1 hour')
    order by accepted_at limit batch
  ) due
$$;
revoke all on function find_reminders_to_note(integer) from public;
grant execute on function find_reminders_to_note(integer) to ak_clock;
