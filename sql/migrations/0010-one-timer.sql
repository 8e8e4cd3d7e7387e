-- The table of armed switches is the timer of the clock zone: when to look at each of them (again), in product time; null for never.
-- It takes the place of a second timer on reminders. Everything is looked at once after this migration.
alter table switch_state add column look_at bigint;
update switch_state set look_at = 0;
create index switch_state_due on switch_state (look_at) where look_at is not null;

drop function find_reminders_to_look_at(bigint, integer);
alter table reminder drop column look_at;

-- What is due, locked until the transaction ends: two clocks never get the same switch, and a clock that dies leaves nothing behind.
-- Before the tenant is known, so it goes past row-level security and gives back nothing but ids.
create function claim_switches(now_ms bigint, batch integer) returns table (tenant uuid, b uuid)
  language sql security definer set search_path = public, pg_temp
as $$
  select due.tenant, due.b from switch_state due
  where due.look_at <= now_ms
  order by due.look_at
  limit batch
  for update skip locked
$$;
revoke execute on function claim_switches(bigint, integer) from public;
grant execute on function claim_switches(bigint, integer) to ak_clock;

-- The clock zone advances many accounts in one transaction. `ak.tenants` names them, and nothing of any other is seen or written.
create policy tenants on switch_state to ak_clock
  using (tenant = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[]));
create policy tenants on release to ak_clock
  using (tenant = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[]));
create policy tenants on release_slot to ak_clock
  using (tenant = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[]));
create policy tenants on reminder to ak_clock
  using (tenant = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[]));
create policy tenants on outbox to ak_clock
  using (tenant = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[]));
create policy tenants on account for select to ak_clock
  using (id = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[]));
create policy audit_leaf_add_many on audit_leaf for insert to ak_clock
  with check (
    sequence_index is null
    and tenant = any ((select string_to_array(nullif(current_setting('ak.tenants', true), ''), ',')::uuid[])::uuid[])
  );

-- What the clock writes gets its content, address and link only when it is about to leave: a transition then needs no key and no token.
alter table outbox drop constraint outbox_check;
alter table outbox add constraint outbox_sealed_check check (
  case when state = 'queued' then sealed is not null or kind in ('reminder', 'grace-reminder', 'release', 'release-begun', 'withdrawn')
  else sealed is null end
);
