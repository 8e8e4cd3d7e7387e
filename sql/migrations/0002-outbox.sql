-- Mail that is to leave: written in the transaction of the change that causes it, delivered by the clock zone at least once.
-- Address and content are sealed under the tenant's data-encryption key, because they hold one-time links, and are erased as
-- soon as the mail has left, was refused for good or was cancelled. Times are real (not product) milliseconds.
create table outbox (
  id uuid primary key,
  tenant uuid not null,
  -- One effect has one key; a second enqueue of it changes nothing.
  key text not null check (length(key) between 1 and 200),
  kind text not null check (
    kind in (
      'verify-email', 'invitation', 'fresh-link', 'recipient-accepted',
      'reminder', 'grace-reminder', 'release', 'release-begun', 'withdrawn'
    )
  ),
  -- Whose address it goes to, where it is a recipient's: a refusal for good is noted there.
  recipient uuid,
  sealed bytea,
  state text not null default 'queued' check (state in ('queued', 'accepted', 'refused', 'cancelled')),
  attempts integer not null default 0 check (attempts >= 0),
  -- When it may be tried (again). Claiming moves it ahead by the lease, so a claim whose process died lapses by itself.
  next_attempt_at bigint not null,
  created_at bigint not null,
  settled_at bigint,
  unique (tenant, key),
  check ((state = 'queued') = (sealed is not null)),
  check ((state = 'queued') = (settled_at is null))
);
create index outbox_due on outbox (next_attempt_at) where state = 'queued';

alter table outbox enable row level security;

-- Why the api sees its own kinds only: whoever can mark a reminder as accepted, or write a release notice, speaks for the clock.
create policy outbox_api_read on outbox for select to ak_api
  using (
    tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid)
    and kind in ('verify-email', 'invitation', 'fresh-link', 'recipient-accepted')
  );
create policy outbox_api_add on outbox for insert to ak_api
  with check (
    tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid)
    and kind in ('verify-email', 'invitation', 'fresh-link', 'recipient-accepted')
    and state = 'queued'
  );
create policy outbox_api_cancel on outbox for update to ak_api
  using (
    tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid)
    and kind in ('verify-email', 'invitation', 'fresh-link', 'recipient-accepted')
    and state = 'queued'
  )
  with check (state = 'cancelled');
create policy outbox_clock on outbox for all to ak_clock
  using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid))
  with check (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));

grant select, insert on outbox to ak_api, ak_clock;
grant update (state, sealed, settled_at) on outbox to ak_api, ak_clock;
grant update (next_attempt_at) on outbox to ak_clock;

-- The claim comes before the tenant is known, so it goes past row-level security and gives back nothing but ids.
create function outbox_claim(now_ms bigint, lease_ms bigint, batch integer)
  returns table (id uuid, tenant uuid, attempt integer)
  language sql security definer set search_path = public, pg_temp
as $$
  update outbox
  set attempts = attempts + 1, next_attempt_at = now_ms + lease_ms
  where outbox.id in (
    select due.id from outbox due
    where due.state = 'queued' and due.next_attempt_at <= now_ms
    order by due.next_attempt_at
    limit batch
    for update skip locked
  )
  returning outbox.id, outbox.tenant, outbox.attempts
$$;
revoke all on function outbox_claim(bigint, bigint, integer) from public;
grant execute on function outbox_claim(bigint, bigint, integer) to ak_clock;
