-- No switch is ever looked at later than a little more than a year from now. One that is further away was put off by a clock that has been put
-- right since (a machine that woke up in 2040), and nobody would look at it until that year: it is due now.
create or replace function claim_switches(now_ms bigint, batch integer) returns table (tenant uuid, b uuid)
  language sql security definer set search_path = public, pg_temp
as $$
  select * from (
    select due.tenant, due.b from switch_state due
    where due.look_at <= now_ms
    order by due.look_at
    limit batch
    for update skip locked
  ) as due
  union all
  select * from (
    select lost.tenant, lost.b from switch_state lost
    where lost.look_at > now_ms + 34560000000
    order by lost.look_at
    limit batch
    for update skip locked
  ) as lost
$$;

-- What the clock wrote begins its tries when it gets its content.
grant update (attempts) on outbox to ak_clock;
