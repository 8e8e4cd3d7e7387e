-- No switch is looked at later than four weeks from now any more. So one that is further away than five was put off by a clock that has been put right
-- since, also where that clock was ahead by a single year: until now such a look passed for one that is a year away for good reasons, and news that had to
-- be looked at again waited for that year. What this costs is one look at each armed switch in four weeks.
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
    where lost.look_at > now_ms + 3024000000
    order by lost.look_at
    limit batch
    for update skip locked
  ) as lost
$$;
