-- Accounts and what they own. An account is a tenant: every table carries it and is closed by row-level security, which reads the
-- setting `ak.tenant` of the running transaction. Without that setting no row is visible and none can be written.
-- The owner of the tables (ak_owner) is no runtime role; the zones' roles own nothing and cannot bypass.
-- Times are bigint milliseconds given by the caller: product time where a switch could care, real time where a session could.
-- Columns named `…_index` are keyed hashes; email, name and totp_secret are encrypted under the tenant's DEK, which the kms wraps.

create table account (
  id uuid primary key,
  dek text not null,
  email bytea not null,
  email_index bytea not null unique,
  email_verified boolean not null default false,
  name bytea not null,
  opaque_record text not null,
  totp_secret bytea not null,
  -- Why stored: a code is good for one use; the last accepted 30-second step can never be used again, nor an earlier one.
  totp_last_step bigint not null,
  totp_failures integer not null default 0,
  locked_until bigint not null default 0,
  keyring_version integer not null,
  keyring bytea not null,
  created_at bigint not null
);

create table account_slot (
  tenant uuid not null references account (id) on delete cascade,
  slot_id uuid not null,
  kind text not null check (kind in ('opaque', 'kit')),
  epoch integer not null,
  wrapped bytea not null,
  primary key (tenant, slot_id)
);

create table recipient (
  tenant uuid not null references account (id) on delete cascade,
  r uuid not null,
  email bytea not null,
  email_index bytea not null,
  state text not null default 'invited' check (state in ('invited', 'accepted')),
  age_key text not null default '',
  -- True until a key was left, and again after the owner invited anew: then one replacement is allowed.
  key_open boolean not null default true,
  slot jsonb,
  label bytea not null,
  label_rev integer not null default 0,
  bounced boolean not null default false,
  created_at bigint not null,
  primary key (tenant, r)
);
create index recipient_by_email on recipient (email_index);

create table session (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  tenant uuid not null references account (id) on delete cascade,
  kind text not null check (kind in ('owner', 'recipient')),
  channel text not null check (channel in ('cookie', 'bearer')),
  recipient uuid,
  created_at bigint not null,
  seen_at bigint not null,
  idle_ms bigint not null,
  absolute_expiry bigint not null,
  check ((kind = 'recipient') = (recipient is not null)),
  foreign key (tenant, recipient) references recipient (tenant, r) on delete cascade
);
create index session_by_tenant on session (tenant);

-- Why no reference to account: registration has none yet, and a sign-in with an unknown address gets a ticket like any other.
create table ticket (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  tenant uuid not null,
  purpose text not null check (purpose in ('register', 'sign-in')),
  -- Encrypted under a key that only the ticket's holder can derive: it needs the token, of which we keep the hash.
  state bytea not null,
  attempts integer not null default 0,
  expires_at bigint not null
);
create index ticket_by_expiry on ticket (expires_at);

create table link_token (
  hash bytea primary key check (octet_length(hash) = 32),
  tenant uuid not null references account (id) on delete cascade,
  kind text not null check (kind in ('verify', 'invite', 'open')),
  recipient uuid,
  created_at bigint not null,
  -- Real time; null: good until replaced.
  expires_at bigint,
  check ((kind = 'verify') = (recipient is null)),
  foreign key (tenant, recipient) references recipient (tenant, r) on delete cascade
);
create index link_token_by_tenant on link_token (tenant, recipient);

create table statement (
  tenant uuid not null references account (id) on delete cascade,
  id bytea not null check (octet_length(id) = 32),
  kind text not null check (kind in ('key', 'pin', 'policy', 'manifest', 'disarm', 'checkin', 'token')),
  -- Place in the account's control chain; null for what stands outside it.
  seq bigint,
  -- Empty for a mail link's check-in, which is not signed by a key of the owner's.
  jws text not null,
  receipt text not null,
  receipt_epoch bigint not null,
  receipt_counter bigint not null,
  accepted_at bigint not null,
  primary key (tenant, id),
  unique (tenant, seq),
  check ((kind in ('key', 'pin', 'policy', 'manifest')) = (seq is not null))
);
create index statement_by_receipt on statement (tenant, receipt_epoch desc, receipt_counter desc);

create table document (
  tenant uuid not null references account (id) on delete cascade,
  doc uuid not null,
  ver uuid not null,
  state text not null default 'pending' check (state in ('pending', 'committed', 'retired')),
  header bytea not null,
  header_rev bigint not null default 0,
  metadata bytea not null,
  payload_len bigint not null check (payload_len > 0),
  object_len bigint not null check (object_len >= payload_len),
  -- Null until the whole object has arrived and is on the disk.
  object_sha256 bytea,
  created_at bigint not null,
  -- Real time: a slow upload has the same day in a demo as anywhere.
  announced_at bigint not null,
  primary key (tenant, doc, ver)
);
create index document_pending on document (announced_at) where state = 'pending';

create table bequest (
  tenant uuid not null references account (id) on delete cascade,
  b uuid not null,
  label bytea not null,
  label_rev integer not null default 0,
  created_at bigint not null,
  primary key (tenant, b)
);

-- b all zeros: the owner's own vault.
create table manifest (
  tenant uuid not null,
  b uuid not null,
  g bigint not null,
  mseq bigint not null,
  body bytea not null,
  statement_id bytea not null,
  docs uuid[] not null,
  vers uuid[] not null,
  created_at bigint not null,
  primary key (tenant, b, g, mseq),
  foreign key (tenant, statement_id) references statement (tenant, id) on delete cascade,
  check (cardinality(docs) = cardinality(vers))
);

alter table account enable row level security;
alter table account_slot enable row level security;
alter table recipient enable row level security;
alter table session enable row level security;
alter table ticket enable row level security;
alter table link_token enable row level security;
alter table statement enable row level security;
alter table document enable row level security;
alter table bequest enable row level security;
alter table manifest enable row level security;

-- Why (select …): evaluated once for a query, not for each row.
create policy tenant on account using (id = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on account_slot using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on recipient using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on session using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on ticket using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on link_token using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on statement using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on document using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on bequest using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on manifest using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));

grant select, insert, update on account to ak_api;
grant select, insert on account_slot to ak_api;
grant select, insert, update on recipient to ak_api;
grant select, insert, update, delete on session to ak_api;
grant select, insert, update, delete on ticket to ak_api;
grant select, insert, update, delete on link_token to ak_api;
grant select, insert, update on statement to ak_api;
grant select, insert, update, delete on document to ak_api;
grant select, insert, update on bequest to ak_api;
grant select, insert, delete on manifest to ak_api;

-- The clock zone writes to people, so it reads where to, and leaves a recipient the link of their release. It sees no document.
grant select (id, dek, email, email_verified, name) on account to ak_clock;
grant select (tenant, r, email, state, bounced), update (bounced) on recipient to ak_clock;
grant select, insert, delete on link_token to ak_clock;

-- Look-ups before a tenant is known. Each runs as ak_owner, takes an unguessable hash or a keyed index, and gives ids alone:
-- with the id the caller goes on under row-level security.
create function find_account(wanted bytea) returns uuid
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select id from public.account where email_index = wanted $$;
create function find_session(wanted bytea) returns uuid
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select tenant from public.session where token_hash = wanted $$;
create function find_ticket(wanted bytea) returns uuid
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select tenant from public.ticket where token_hash = wanted $$;
create function find_link(wanted bytea) returns uuid
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select tenant from public.link_token where hash = wanted $$;
-- One recipient of an account, and four accounts at most: those where the person accepted come first, then those that invited last.
-- So whoever invites one address often, or from many accounts, neither floods it nor crowds out whom the person knows.
create function find_recipients(wanted bytea) returns table (tenant uuid, r uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select newest.tenant, newest.r from (
      select distinct on (tenant) tenant, r, state = 'accepted' as is_accepted, created_at from public.recipient
      where email_index = wanted order by tenant, (state = 'accepted') desc, created_at desc, r desc
    ) newest
    order by newest.is_accepted desc, newest.created_at desc, newest.r desc limit 4
  $$;

-- What nobody waits for any more. Tenants whose pending documents are old, so that their objects can be removed too.
create function find_stale_documents(before bigint) returns table (tenant uuid, doc uuid, ver uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select tenant, doc, ver from public.document where state = 'pending' and announced_at < before limit 1000 $$;
create function delete_expired_access(now_ms bigint) returns void
  language sql volatile security definer set search_path = pg_catalog, public
  as $$
    delete from public.ticket where expires_at < now_ms;
    delete from public.session where absolute_expiry < now_ms or seen_at + idle_ms < now_ms;
    delete from public.link_token where expires_at < now_ms;
  $$;

revoke execute on function find_account(bytea), find_session(bytea), find_ticket(bytea), find_link(bytea), find_recipients(bytea),
  find_stale_documents(bigint), delete_expired_access(bigint) from public;
grant execute on function find_account(bytea), find_session(bytea), find_ticket(bytea), find_link(bytea), find_recipients(bytea),
  find_stale_documents(bigint), delete_expired_access(bigint) to ak_api;
