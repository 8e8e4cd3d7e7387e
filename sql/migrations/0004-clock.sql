-- What the clock zone keeps to speak to people: a mirror of the keyholder's switches and which reminder rests on which mail.
-- Nothing here decides anything: the keyholder decides from its own store, so a forged or lost row can at most delay a mail.
create table switch_state (
  tenant uuid not null references account (id) on delete cascade,
  b uuid not null,
  g bigint not null,
  -- The keyholder's epoch and its revision of this row; a lower pair is older news.
  epoch bigint not null,
  revision bigint not null,
  state text not null check (
    state in ('draft', 'armed', 'reminding', 'grace', 'lastCall', 'releasing', 'released', 'disarmed', 'held')
  ),
  policy_hash bytea not null check (octet_length(policy_hash) = 32),
  -- The sign of life that the present silence began with.
  last_sign bytea not null check (octet_length(last_sign) = 32),
  earliest_ms bigint not null,
  primary key (tenant, b)
);

-- The keyholder-signed decision, kept as it was signed. Nobody is told of a release without one.
create table release (
  tenant uuid not null references account (id) on delete cascade,
  decision_id uuid not null,
  b uuid not null,
  g bigint not null,
  statement text not null,
  decided_at bigint not null,
  primary key (tenant, decision_id)
);

create table release_slot (
  tenant uuid not null,
  decision_id uuid not null,
  r uuid not null,
  stage text not null check (stage in ('waiting', 'granted', 'fetched', 'opened', 'withdrawn')),
  -- The keyholder-signed withdrawal, once there is one.
  withdrawn text,
  primary key (tenant, decision_id, r),
  foreign key (tenant, decision_id) references release (tenant, decision_id) on delete cascade
);

-- One row a reminder that the keyholder asked for; several may rest on one mail. `accepted_at` is written when the mail server took
-- the mail and never before; `noted_at` when the keyholder was told.
create table reminder (
  tenant uuid not null references account (id) on delete cascade,
  b uuid not null,
  last_sign bytea not null check (octet_length(last_sign) = 32),
  phase text not null check (phase in ('reminding', 'grace')),
  index bigint not null check (index >= 0),
  -- The newest attempt's mail; `attempt` counts them, `attempted_at` is product time.
  mail uuid not null references outbox (id),
  attempt bigint not null default 1 check (attempt > 0),
  attempted_at bigint not null,
  -- Product time of the next look whether the keyholder still waits for it; null once its silence is over.
  look_at bigint,
  accepted_at bigint,
  noted_at bigint,
  primary key (tenant, b, last_sign, phase, index),
  check (noted_at is null or accepted_at is not null)
);
create index reminder_to_look_at on reminder (look_at) where look_at is not null;
create index reminder_by_mail on reminder (mail);
create index reminder_to_note on reminder (accepted_at) where accepted_at is not null and noted_at is null;

-- How far the clock has read the keyholder's feed. One row; it belongs to no account and names none.
create table clock_cursor (
  "only" boolean primary key default true check ("only"),
  epoch bigint not null,
  position bigint not null
);

alter table switch_state enable row level security;
alter table release enable row level security;
alter table release_slot enable row level security;
alter table reminder enable row level security;
alter table clock_cursor enable row level security;
create policy tenant on switch_state to ak_clock
  using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on release to ak_clock
  using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on release_slot to ak_clock
  using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on reminder to ak_clock
  using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy clock_alone on clock_cursor to ak_clock using (true);

grant select, insert, update on switch_state, release_slot, reminder, clock_cursor to ak_clock;
grant select, insert on release to ak_clock;

-- Before the tenant is known: which accounts have reminders that a mail server took and the keyholder does not know of. Ids alone.
create function find_reminders_to_note(batch integer) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
as $$
  select distinct due.tenant from (
    select tenant from public.reminder where accepted_at is not null and noted_at is null order by accepted_at limit batch
  ) due
$$;
revoke execute on function find_reminders_to_note(integer) from public;
grant execute on function find_reminders_to_note(integer) to ak_clock;

-- Which accounts have reminders whose mail came to an end a while ago, so that somebody must look whether they are still awaited.
create function find_reminders_to_look_at(now_ms bigint, batch integer) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
as $$
  select distinct due.tenant from (
    select reminder.tenant from public.reminder join public.outbox on outbox.id = reminder.mail
    where reminder.look_at <= now_ms
      and (outbox.state in ('refused', 'cancelled') or (outbox.state = 'accepted' and reminder.noted_at is not null))
    order by reminder.look_at limit batch
  ) due
$$;
revoke execute on function find_reminders_to_look_at(bigint, integer) from public;
grant execute on function find_reminders_to_look_at(bigint, integer) to ak_clock;
