-- When the keyholder may be told (again) of a reminder that a mail server took, real ms: what it could not write down is tried again after a while,
-- and keeps no other reminder waiting.
alter table reminder add column note_at bigint not null default 0;

drop function find_reminders_to_note(integer);
create function find_reminders_to_note(now_ms bigint, batch integer) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
as $$
  select distinct due.tenant from (
    select tenant from public.reminder
    where accepted_at is not null and noted_at is null
      -- Never put off by an hour: what is further away was put off by a wrong clock.
      and (note_at <= now_ms or note_at > now_ms + 3600000)
    order by accepted_at limit batch
  ) due
$$;
revoke all on function find_reminders_to_note(bigint, integer) from public;
grant execute on function find_reminders_to_note(bigint, integer) to ak_clock;
