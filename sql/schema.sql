-- Made by `npm run verify -- --update` from the migrations. Not edited by hand, and never run.

-- tables

create table ak_meta.migrations (
  name text not null,
  sha256 text not null
);
create table public.account (
  id uuid not null,
  dek text not null,
  email bytea not null,
  email_index bytea not null,
  email_verified boolean default false not null,
  name bytea not null,
  opaque_record text not null,
  totp_secret bytea not null,
  totp_last_step bigint not null,
  totp_failures integer default 0 not null,
  locked_until bigint default 0 not null,
  keyring_version integer not null,
  keyring bytea not null,
  created_at bigint not null
);
create table public.account_slot (
  tenant uuid not null,
  slot_id uuid not null,
  kind text not null,
  epoch integer not null,
  wrapped bytea not null
);
create table public.audit_leaf (
  id bigint generated always as identity not null,
  tenant uuid,
  at bigint not null,
  leaf bytea not null,
  sequence_index bigint
);
create table public.bequest (
  tenant uuid not null,
  b uuid not null,
  label bytea not null,
  label_rev integer default 0 not null,
  created_at bigint not null
);
create table public.clock_cursor (
  "only" boolean default true not null,
  epoch bigint not null,
  "position" bigint not null
);
create table public.document (
  tenant uuid not null,
  doc uuid not null,
  ver uuid not null,
  state text default 'pending'::text not null,
  header bytea not null,
  header_rev bigint default 0 not null,
  payload_len bigint not null,
  object_len bigint not null,
  object_sha256 bytea,
  created_at bigint not null,
  touched_at bigint not null,
  retired_at bigint,
  confirmed_header bytea
);
create table public.document_metadata (
  tenant uuid not null,
  doc uuid not null,
  ver uuid not null,
  rev bigint not null,
  metadata bytea not null
);
create table public.document_part (
  tenant uuid not null,
  doc uuid not null,
  ver uuid not null,
  part integer not null,
  sha256 bytea not null
);
create table public.link_token (
  hash bytea not null,
  tenant uuid not null,
  kind text not null,
  recipient uuid,
  created_at bigint not null,
  expires_at bigint
);
create table public.manifest (
  tenant uuid not null,
  b uuid not null,
  g bigint not null,
  mseq bigint not null,
  body bytea not null,
  statement_id bytea not null,
  docs uuid[] not null,
  vers uuid[] not null,
  created_at bigint not null,
  revs bigint[] not null
);
create table public.manifest_offer (
  tenant uuid not null,
  statement_id bytea not null,
  b uuid not null,
  g bigint not null,
  mseq bigint not null,
  body bytea not null,
  docs uuid[] not null,
  vers uuid[] not null,
  revs bigint[] not null,
  header_revs bigint[] not null,
  metadata bytea[] not null,
  size bigint not null,
  offered_at bigint not null
);
create table public.outbox (
  id uuid not null,
  tenant uuid not null,
  key text not null,
  kind text not null,
  recipient uuid,
  sealed bytea,
  state text default 'queued'::text not null,
  attempts integer default 0 not null,
  next_attempt_at bigint not null,
  created_at bigint not null,
  settled_at bigint,
  claimed_until timestamp with time zone
);
create table public.recipient (
  tenant uuid not null,
  r uuid not null,
  email bytea not null,
  email_index bytea not null,
  state text default 'invited'::text not null,
  age_key text default ''::text not null,
  key_open boolean default true not null,
  slot jsonb,
  label bytea not null,
  label_rev integer default 0 not null,
  bounced boolean default false not null,
  created_at bigint not null
);
create table public.release (
  tenant uuid not null,
  decision_id uuid not null,
  b uuid not null,
  g bigint not null,
  statement text not null,
  decided_at bigint not null,
  kept bigint generated always as identity not null
);
create table public.release_slot (
  tenant uuid not null,
  decision_id uuid not null,
  r uuid not null,
  stage text not null,
  withdrawn text
);
create table public.reminder (
  tenant uuid not null,
  b uuid not null,
  last_sign bytea not null,
  phase text not null,
  index bigint not null,
  mail uuid not null,
  attempt bigint default 1 not null,
  attempted_at bigint not null,
  accepted_at bigint,
  noted_at bigint,
  note_at bigint default 0 not null
);
create table public.session (
  token_hash bytea not null,
  tenant uuid not null,
  kind text not null,
  channel text not null,
  recipient uuid,
  created_at bigint not null,
  seen_at bigint not null,
  idle_ms bigint not null,
  absolute_expiry bigint not null
);
create table public.statement (
  tenant uuid not null,
  id bytea not null,
  kind text not null,
  seq bigint,
  jws text not null,
  receipt text not null,
  receipt_epoch bigint not null,
  receipt_counter bigint not null,
  accepted_at bigint not null
);
create table public.switch_state (
  tenant uuid not null,
  b uuid not null,
  g bigint not null,
  epoch bigint not null,
  revision bigint not null,
  state text not null,
  policy_hash bytea not null,
  last_sign bytea not null,
  earliest_ms bigint not null,
  look_at bigint,
  requests text[] default '{}'::text[] not null
);
create table public.ticket (
  token_hash bytea not null,
  tenant uuid not null,
  purpose text not null,
  state bytea not null,
  attempts integer default 0 not null,
  expires_at bigint not null
);

-- sequences

create sequence public.audit_leaf_id_seq;
create sequence public.release_kept_seq;

-- constraints

alter table ak_meta.migrations add constraint migrations_pkey PRIMARY KEY (name);
alter table public.account add constraint account_email_index_key UNIQUE (email_index);
alter table public.account add constraint account_pkey PRIMARY KEY (id);
alter table public.account_slot add constraint account_slot_kind_check CHECK ((kind = ANY (ARRAY['opaque'::text, 'kit'::text])));
alter table public.account_slot add constraint account_slot_pkey PRIMARY KEY (tenant, slot_id);
alter table public.account_slot add constraint account_slot_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.audit_leaf add constraint audit_leaf_leaf_check CHECK (((octet_length(leaf) >= 1) AND (octet_length(leaf) <= 8192)));
alter table public.audit_leaf add constraint audit_leaf_pkey PRIMARY KEY (id);
alter table public.audit_leaf add constraint audit_leaf_sequence_index_check CHECK ((sequence_index >= 0));
alter table public.audit_leaf add constraint audit_leaf_sequence_index_key UNIQUE (sequence_index);
alter table public.bequest add constraint bequest_pkey PRIMARY KEY (tenant, b);
alter table public.bequest add constraint bequest_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.clock_cursor add constraint clock_cursor_only_check CHECK ("only");
alter table public.clock_cursor add constraint clock_cursor_pkey PRIMARY KEY ("only");
alter table public.document add constraint document_check CHECK ((object_len >= payload_len));
alter table public.document add constraint document_payload_len_check CHECK ((payload_len > 0));
alter table public.document add constraint document_pkey PRIMARY KEY (tenant, doc, ver);
alter table public.document add constraint document_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'committed'::text, 'retired'::text])));
alter table public.document add constraint document_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.document_metadata add constraint document_metadata_pkey PRIMARY KEY (tenant, doc, ver, rev);
alter table public.document_metadata add constraint document_metadata_rev_check CHECK ((rev >= 0));
alter table public.document_metadata add constraint document_metadata_tenant_doc_ver_fkey FOREIGN KEY (tenant, doc, ver) REFERENCES document(tenant, doc, ver) ON DELETE CASCADE;
alter table public.document_part add constraint document_part_part_check CHECK (((part >= 0) AND (part <= 16383)));
alter table public.document_part add constraint document_part_pkey PRIMARY KEY (tenant, doc, ver, part);
alter table public.document_part add constraint document_part_sha256_check CHECK ((octet_length(sha256) = 32));
alter table public.document_part add constraint document_part_tenant_doc_ver_fkey FOREIGN KEY (tenant, doc, ver) REFERENCES document(tenant, doc, ver) ON DELETE CASCADE;
alter table public.link_token add constraint link_token_check CHECK (((kind = 'verify'::text) = (recipient IS NULL)));
alter table public.link_token add constraint link_token_hash_check CHECK ((octet_length(hash) = 32));
alter table public.link_token add constraint link_token_kind_check CHECK ((kind = ANY (ARRAY['verify'::text, 'invite'::text, 'open'::text])));
alter table public.link_token add constraint link_token_pkey PRIMARY KEY (hash);
alter table public.link_token add constraint link_token_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.link_token add constraint link_token_tenant_recipient_fkey FOREIGN KEY (tenant, recipient) REFERENCES recipient(tenant, r) ON DELETE CASCADE;
alter table public.manifest add constraint manifest_check CHECK ((cardinality(docs) = cardinality(vers)));
alter table public.manifest add constraint manifest_check1 CHECK ((cardinality(revs) = cardinality(docs)));
alter table public.manifest add constraint manifest_pkey PRIMARY KEY (tenant, b, g, mseq);
alter table public.manifest add constraint manifest_tenant_statement_id_fkey FOREIGN KEY (tenant, statement_id) REFERENCES statement(tenant, id) ON DELETE CASCADE;
alter table public.manifest_offer add constraint manifest_offer_check CHECK (((cardinality(docs) = cardinality(vers)) AND (cardinality(docs) = cardinality(revs)) AND (cardinality(docs) = cardinality(header_revs)) AND (cardinality(docs) = cardinality(metadata))));
alter table public.manifest_offer add constraint manifest_offer_pkey PRIMARY KEY (tenant, statement_id);
alter table public.manifest_offer add constraint manifest_offer_statement_id_check CHECK ((octet_length(statement_id) = 32));
alter table public.manifest_offer add constraint manifest_offer_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.outbox add constraint outbox_attempts_check CHECK ((attempts >= 0));
alter table public.outbox add constraint outbox_check1 CHECK (((state = 'queued'::text) = (settled_at IS NULL)));
alter table public.outbox add constraint outbox_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
alter table public.outbox add constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['verify-email'::text, 'invitation'::text, 'fresh-link'::text, 'recipient-accepted'::text, 'reminder'::text, 'grace-reminder'::text, 'request-reminder'::text, 'release'::text, 'release-begun'::text, 'withdrawn'::text])));
alter table public.outbox add constraint outbox_pkey PRIMARY KEY (id);
alter table public.outbox add constraint outbox_sealed_check CHECK (
CASE
    WHEN (state = 'queued'::text) THEN ((sealed IS NOT NULL) OR (kind = ANY (ARRAY['reminder'::text, 'grace-reminder'::text, 'request-reminder'::text, 'release'::text, 'release-begun'::text, 'withdrawn'::text])))
    ELSE (sealed IS NULL)
END);
alter table public.outbox add constraint outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'accepted'::text, 'refused'::text, 'cancelled'::text])));
alter table public.outbox add constraint outbox_tenant_key_key UNIQUE (tenant, key);
alter table public.recipient add constraint recipient_pkey PRIMARY KEY (tenant, r);
alter table public.recipient add constraint recipient_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'accepted'::text])));
alter table public.recipient add constraint recipient_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.release add constraint release_pkey PRIMARY KEY (tenant, decision_id);
alter table public.release add constraint release_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.release_slot add constraint release_slot_pkey PRIMARY KEY (tenant, decision_id, r);
alter table public.release_slot add constraint release_slot_stage_check CHECK ((stage = ANY (ARRAY['waiting'::text, 'granted'::text, 'fetched'::text, 'opened'::text, 'withdrawn'::text])));
alter table public.release_slot add constraint release_slot_tenant_decision_id_fkey FOREIGN KEY (tenant, decision_id) REFERENCES release(tenant, decision_id) ON DELETE CASCADE;
alter table public.reminder add constraint reminder_attempt_check CHECK ((attempt > 0));
alter table public.reminder add constraint reminder_check CHECK (((noted_at IS NULL) OR (accepted_at IS NOT NULL)));
alter table public.reminder add constraint reminder_index_check CHECK ((index >= 0));
alter table public.reminder add constraint reminder_last_sign_check CHECK ((octet_length(last_sign) = 32));
alter table public.reminder add constraint reminder_mail_fkey FOREIGN KEY (mail) REFERENCES outbox(id);
alter table public.reminder add constraint reminder_phase_check CHECK ((phase = ANY (ARRAY['reminding'::text, 'grace'::text, 'gap'::text, 'request'::text])));
alter table public.reminder add constraint reminder_pkey PRIMARY KEY (tenant, b, last_sign, phase, index);
alter table public.reminder add constraint reminder_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.session add constraint session_channel_check CHECK ((channel = ANY (ARRAY['cookie'::text, 'bearer'::text])));
alter table public.session add constraint session_check CHECK (((kind = 'recipient'::text) = (recipient IS NOT NULL)));
alter table public.session add constraint session_kind_check CHECK ((kind = ANY (ARRAY['owner'::text, 'recipient'::text])));
alter table public.session add constraint session_pkey PRIMARY KEY (token_hash);
alter table public.session add constraint session_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.session add constraint session_tenant_recipient_fkey FOREIGN KEY (tenant, recipient) REFERENCES recipient(tenant, r) ON DELETE CASCADE;
alter table public.session add constraint session_token_hash_check CHECK ((octet_length(token_hash) = 32));
alter table public.statement add constraint statement_check CHECK (((kind = ANY (ARRAY['key'::text, 'pin'::text, 'policy'::text, 'manifest'::text])) = (seq IS NOT NULL)));
alter table public.statement add constraint statement_id_check CHECK ((octet_length(id) = 32));
alter table public.statement add constraint statement_kind_check CHECK ((kind = ANY (ARRAY['key'::text, 'pin'::text, 'policy'::text, 'manifest'::text, 'disarm'::text, 'pause'::text, 'refuse'::text, 'revoke-device'::text, 'checkin'::text, 'token'::text])));
alter table public.statement add constraint statement_pkey PRIMARY KEY (tenant, id);
alter table public.statement add constraint statement_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.statement add constraint statement_tenant_seq_key UNIQUE (tenant, seq);
alter table public.switch_state add constraint switch_state_last_sign_check CHECK ((octet_length(last_sign) = 32));
alter table public.switch_state add constraint switch_state_pkey PRIMARY KEY (tenant, b);
alter table public.switch_state add constraint switch_state_policy_hash_check CHECK ((octet_length(policy_hash) = 32));
alter table public.switch_state add constraint switch_state_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'armed'::text, 'reminding'::text, 'grace'::text, 'requested'::text, 'lastCall'::text, 'confirming'::text, 'releasing'::text, 'released'::text, 'closed'::text, 'paused'::text, 'disarmed'::text, 'held'::text, 'frozen'::text])));
alter table public.switch_state add constraint switch_state_tenant_fkey FOREIGN KEY (tenant) REFERENCES account(id) ON DELETE CASCADE;
alter table public.ticket add constraint ticket_pkey PRIMARY KEY (token_hash);
alter table public.ticket add constraint ticket_purpose_check CHECK ((purpose = ANY (ARRAY['register'::text, 'sign-in'::text])));
alter table public.ticket add constraint ticket_token_hash_check CHECK ((octet_length(token_hash) = 32));

-- indexes

CREATE INDEX audit_leaf_of_tenant ON public.audit_leaf USING btree (tenant, sequence_index);
CREATE INDEX audit_leaf_waiting ON public.audit_leaf USING btree (id) WHERE (sequence_index IS NULL);
CREATE INDEX document_pending ON public.document USING btree (touched_at) WHERE (state = 'pending'::text);
CREATE INDEX document_retired ON public.document USING btree (retired_at) WHERE (state = 'retired'::text);
CREATE INDEX link_token_by_tenant ON public.link_token USING btree (tenant, recipient);
CREATE INDEX manifest_offer_by_time ON public.manifest_offer USING btree (offered_at);
CREATE INDEX outbox_due ON public.outbox USING btree (next_attempt_at) WHERE (state = 'queued'::text);
CREATE INDEX recipient_by_email ON public.recipient USING btree (email_index);
CREATE INDEX reminder_by_mail ON public.reminder USING btree (mail);
CREATE INDEX reminder_to_note ON public.reminder USING btree (accepted_at) WHERE ((accepted_at IS NOT NULL) AND (noted_at IS NULL));
CREATE INDEX session_by_tenant ON public.session USING btree (tenant);
CREATE INDEX statement_by_receipt ON public.statement USING btree (tenant, receipt_epoch DESC, receipt_counter DESC);
CREATE INDEX switch_state_due ON public.switch_state USING btree (look_at) WHERE (look_at IS NOT NULL);
CREATE INDEX ticket_by_expiry ON public.ticket USING btree (expires_at);

-- functions

CREATE OR REPLACE FUNCTION public.audit_leaf_is_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    if old.sequence_index is null and (new.id, new.at, new.leaf) = (old.id, old.at, old.leaf)
      and new.tenant is not distinct from old.tenant
    then
      return new;
    end if;
  end if;
  raise exception 'audit leaves are never altered or removed';
end
$function$
;
CREATE OR REPLACE FUNCTION public.audit_sequence(first_index bigint, leaf_ids bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  assigned bigint;
begin
  if first_index <> (select coalesce(max(sequence_index) + 1, 0) from audit_leaf) then
    raise exception 'place % is not the next one', first_index;
  end if;
  update audit_leaf
  set sequence_index = first_index + placed.ordinal - 1
  from unnest(leaf_ids) with ordinality as placed(leaf_id, ordinal)
  where audit_leaf.id = placed.leaf_id and audit_leaf.sequence_index is null;
  get diagnostics assigned = row_count;
  if assigned <> coalesce(array_length(leaf_ids, 1), 0) then
    raise exception 'a leaf is missing or has its place already';
  end if;
end
$function$
;
CREATE OR REPLACE FUNCTION public.claim_switches(now_ms bigint, batch integer)
 RETURNS TABLE(tenant uuid, b uuid)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$
;
CREATE OR REPLACE FUNCTION public.delete_expired_access(now_ms bigint)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    delete from public.ticket where expires_at < now_ms;
    delete from public.session where absolute_expiry < now_ms or seen_at + idle_ms < now_ms;
    delete from public.link_token where expires_at < now_ms;
  $function$
;
CREATE OR REPLACE FUNCTION public.find_account(wanted bytea)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select id from public.account where email_index = wanted $function$
;
CREATE OR REPLACE FUNCTION public.find_link(wanted bytea)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select tenant from public.link_token where hash = wanted $function$
;
CREATE OR REPLACE FUNCTION public.find_old_offers(before bigint)
 RETURNS TABLE(tenant uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select distinct tenant from public.manifest_offer where offered_at < before limit 100 $function$
;
CREATE OR REPLACE FUNCTION public.find_recipients(wanted bytea)
 RETURNS TABLE(tenant uuid, r uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select newest.tenant, newest.r from (
      select distinct on (tenant) tenant, r, state = 'accepted' as is_accepted, created_at from public.recipient
      where email_index = wanted order by tenant, (state = 'accepted') desc, created_at desc, r desc
    ) newest
    order by newest.is_accepted desc, newest.created_at desc, newest.r desc limit 4
  $function$
;
CREATE OR REPLACE FUNCTION public.find_reminders_to_note(now_ms bigint, batch integer)
 RETURNS TABLE(tenant uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  select distinct due.tenant from (
    select tenant from public.reminder
    where accepted_at is not null and noted_at is null
      -- Never put off by an hour: what is further away was put off by a wrong clock.
      and (note_at <= now_ms or note_at > now_ms + 3600000)
    order by accepted_at limit batch
  ) due
$function$
;
CREATE OR REPLACE FUNCTION public.find_session(wanted bytea)
 RETURNS TABLE(tenant uuid, channel text, recipient uuid, seen_at bigint, idle_ms bigint, absolute_expiry bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select tenant, channel, recipient, seen_at, idle_ms, absolute_expiry from public.session where token_hash = wanted
  $function$
;
CREATE OR REPLACE FUNCTION public.find_stale_pending(before bigint)
 RETURNS TABLE(tenant uuid, doc uuid, ver uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    with stale as materialized (select tenant, doc, ver from public.document where state = 'pending' and touched_at < before),
    held as materialized (
      select o.tenant, n.d as doc, n.v as ver from public.manifest_offer o, unnest(o.docs, o.vers) as n(d, v)
      where o.tenant in (select s.tenant from stale s))
    select s.tenant, s.doc, s.ver from stale s
    where not exists (select from held h where h.tenant = s.tenant and h.doc = s.doc and h.ver = s.ver) limit 1000
  $function$
;
CREATE OR REPLACE FUNCTION public.find_stale_retired(before bigint)
 RETURNS TABLE(tenant uuid, doc uuid, ver uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    with stale as materialized (select tenant, doc, ver from public.document where state = 'retired' and retired_at < before),
    held as materialized (
      select m.tenant, n.d as doc, n.v as ver from public.manifest m, unnest(m.docs, m.vers) as n(d, v)
      where m.b <> '00000000-0000-0000-0000-000000000000' and m.tenant in (select s.tenant from stale s)
      union all
      select o.tenant, n.d, n.v from public.manifest_offer o, unnest(o.docs, o.vers) as n(d, v)
      where o.tenant in (select s.tenant from stale s))
    select s.tenant, s.doc, s.ver from stale s
    where not exists (select from held h where h.tenant = s.tenant and h.doc = s.doc and h.ver = s.ver) limit 10000
  $function$
;
CREATE OR REPLACE FUNCTION public.find_ticket(wanted bytea)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ select tenant from public.ticket where token_hash = wanted $function$
;
CREATE OR REPLACE FUNCTION public.list_tenants(after uuid, batch integer)
 RETURNS TABLE(tenant uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select id from public.account
    where (after is null or id > after) and exists (select 1 from public.statement where statement.tenant = account.id)
    order by id limit batch
  $function$
;
CREATE OR REPLACE FUNCTION public.outbox_claim(now_ms bigint, lease_ms bigint, batch integer)
 RETURNS TABLE(id uuid, tenant uuid, attempt integer, is_unresolved boolean)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  update outbox
  set attempts = outbox.attempts + 1, claimed_until = clock_timestamp() + lease_ms * interval '1 millisecond'
  from (
    select due.id, due.claimed_until is not null as is_unresolved from outbox due
    where due.state = 'queued'
      -- No try is ever put off by more than half an hour: one that is further away was put off by a wrong clock.
      and (due.next_attempt_at <= now_ms or due.next_attempt_at > now_ms + 3600000)
      -- And no claim lasts much longer than a lease: one that ends later was made while the database's clock was wrong.
      and (due.claimed_until is null or due.claimed_until <= clock_timestamp()
        or due.claimed_until > clock_timestamp() + 2 * lease_ms * interval '1 millisecond')
    order by due.next_attempt_at
    limit batch
    for update skip locked
  ) as due
  where outbox.id = due.id
  returning outbox.id, outbox.tenant, outbox.attempts, due.is_unresolved
$function$
;

-- triggers

CREATE TRIGGER audit_leaf_final_row BEFORE DELETE OR UPDATE ON public.audit_leaf FOR EACH ROW EXECUTE FUNCTION audit_leaf_is_final();
CREATE TRIGGER audit_leaf_final_table BEFORE TRUNCATE ON public.audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION audit_leaf_is_final();

-- row-level security

alter table ak_meta.migrations disable row level security, no force row level security;
alter table public.account enable row level security, no force row level security;
alter table public.account_slot enable row level security, no force row level security;
alter table public.audit_leaf enable row level security, no force row level security;
alter table public.bequest enable row level security, no force row level security;
alter table public.clock_cursor enable row level security, no force row level security;
alter table public.document enable row level security, no force row level security;
alter table public.document_metadata enable row level security, no force row level security;
alter table public.document_part enable row level security, no force row level security;
alter table public.link_token enable row level security, no force row level security;
alter table public.manifest enable row level security, no force row level security;
alter table public.manifest_offer enable row level security, no force row level security;
alter table public.outbox enable row level security, no force row level security;
alter table public.recipient enable row level security, no force row level security;
alter table public.release enable row level security, no force row level security;
alter table public.release_slot enable row level security, no force row level security;
alter table public.reminder enable row level security, no force row level security;
alter table public.session enable row level security, no force row level security;
alter table public.statement enable row level security, no force row level security;
alter table public.switch_state enable row level security, no force row level security;
alter table public.ticket enable row level security, no force row level security;

-- policies

create policy audit_leaf_add on public.audit_leaf as PERMISSIVE for INSERT to ak_api, ak_clock
  with check (((sequence_index IS NULL) AND ((tenant IS NULL) OR (tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")))));
create policy audit_leaf_add_many on public.audit_leaf as PERMISSIVE for INSERT to ak_clock
  with check (((sequence_index IS NULL) AND (tenant = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[]))));
create policy audit_leaf_audit on public.audit_leaf as PERMISSIVE for SELECT to ak_auditor
  using (true);
create policy audit_leaf_read on public.audit_leaf as PERMISSIVE for SELECT to ak_api, ak_clock
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy clock_alone on public.clock_cursor as PERMISSIVE for ALL to ak_clock
  using (true);
create policy outbox_api_add on public.outbox as PERMISSIVE for INSERT to ak_api
  with check (((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")) AND (kind = ANY (ARRAY['verify-email'::text, 'invitation'::text, 'fresh-link'::text, 'recipient-accepted'::text])) AND (state = 'queued'::text)));
create policy outbox_api_cancel on public.outbox as PERMISSIVE for UPDATE to ak_api
  using (((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")) AND (kind = ANY (ARRAY['verify-email'::text, 'invitation'::text, 'fresh-link'::text, 'recipient-accepted'::text])) AND (state = 'queued'::text)))
  with check ((state = 'cancelled'::text));
create policy outbox_api_read on public.outbox as PERMISSIVE for SELECT to ak_api
  using (((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")) AND (kind = ANY (ARRAY['verify-email'::text, 'invitation'::text, 'fresh-link'::text, 'recipient-accepted'::text]))));
create policy outbox_clock on public.outbox as PERMISSIVE for ALL to ak_clock
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")))
  with check ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.account as PERMISSIVE for ALL to public
  using ((id = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.account_slot as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.bequest as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.document as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.document_metadata as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.document_part as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.link_token as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.manifest as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.manifest_offer as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.recipient as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.release as PERMISSIVE for ALL to ak_clock
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.release_slot as PERMISSIVE for ALL to ak_clock
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.reminder as PERMISSIVE for ALL to ak_clock
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.session as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.statement as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.switch_state as PERMISSIVE for ALL to ak_clock
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenant on public.ticket as PERMISSIVE for ALL to public
  using ((tenant = ( SELECT (NULLIF(current_setting('ak.tenant'::text, true), ''::text))::uuid AS "nullif")));
create policy tenants on public.account as PERMISSIVE for SELECT to ak_clock
  using ((id = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[])));
create policy tenants on public.outbox as PERMISSIVE for ALL to ak_clock
  using ((tenant = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[])));
create policy tenants on public.release as PERMISSIVE for ALL to ak_clock
  using ((tenant = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[])));
create policy tenants on public.release_slot as PERMISSIVE for ALL to ak_clock
  using ((tenant = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[])));
create policy tenants on public.reminder as PERMISSIVE for ALL to ak_clock
  using ((tenant = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[])));
create policy tenants on public.switch_state as PERMISSIVE for ALL to ak_clock
  using ((tenant = ANY (( SELECT (string_to_array(NULLIF(current_setting('ak.tenants'::text, true), ''::text), ','::text))::uuid[] AS string_to_array)::uuid[])));

-- rights on tables

grant delete, insert, select on public.document_part to ak_api;
grant delete, insert, select on public.link_token to ak_clock;
grant delete, insert, select on public.manifest to ak_api;
grant delete, insert, select on public.manifest_offer to ak_api;
grant delete, insert, select, update on public.document to ak_api;
grant delete, insert, select, update on public.document_metadata to ak_api;
grant delete, insert, select, update on public.link_token to ak_api;
grant delete, insert, select, update on public.session to ak_api;
grant delete, insert, select, update on public.ticket to ak_api;
grant insert, select on public.account_slot to ak_api;
grant insert, select on public.outbox to ak_api;
grant insert, select on public.outbox to ak_clock;
grant insert, select on public.release to ak_clock;
grant insert, select, update on public.account to ak_api;
grant insert, select, update on public.bequest to ak_api;
grant insert, select, update on public.clock_cursor to ak_clock;
grant insert, select, update on public.recipient to ak_api;
grant insert, select, update on public.release_slot to ak_clock;
grant insert, select, update on public.reminder to ak_clock;
grant insert, select, update on public.statement to ak_api;
grant insert, select, update on public.switch_state to ak_clock;

-- rights on columns

grant insert (at, leaf, tenant) on public.audit_leaf to ak_api;
grant insert (at, leaf, tenant) on public.audit_leaf to ak_clock;
grant select (at, id, leaf, sequence_index, tenant) on public.audit_leaf to ak_api;
grant select (at, id, leaf, sequence_index, tenant) on public.audit_leaf to ak_auditor;
grant select (at, id, leaf, sequence_index, tenant) on public.audit_leaf to ak_clock;
grant select (bounced, email, r, state, tenant) on public.recipient to ak_clock;
grant select (dek, email, email_verified, id, name) on public.account to ak_clock;
grant update (attempts, claimed_until, next_attempt_at, sealed, settled_at, state) on public.outbox to ak_clock;
grant update (bounced) on public.recipient to ak_clock;
grant update (sealed, settled_at, state) on public.outbox to ak_api;

-- rights on functions and sequences

grant execute on function public.audit_leaf_is_final() to public;
grant execute on function public.audit_sequence(first_index bigint, leaf_ids bigint[]) to ak_auditor;
grant execute on function public.claim_switches(now_ms bigint, batch integer) to ak_clock;
grant execute on function public.delete_expired_access(now_ms bigint) to ak_api;
grant execute on function public.find_account(wanted bytea) to ak_api;
grant execute on function public.find_link(wanted bytea) to ak_api;
grant execute on function public.find_old_offers(before bigint) to ak_api;
grant execute on function public.find_recipients(wanted bytea) to ak_api;
grant execute on function public.find_reminders_to_note(now_ms bigint, batch integer) to ak_clock;
grant execute on function public.find_session(wanted bytea) to ak_api;
grant execute on function public.find_stale_pending(before bigint) to ak_api;
grant execute on function public.find_stale_retired(before bigint) to ak_api;
grant execute on function public.find_ticket(wanted bytea) to ak_api;
grant execute on function public.list_tenants(after uuid, batch integer) to ak_api;
grant execute on function public.outbox_claim(now_ms bigint, lease_ms bigint, batch integer) to ak_clock;
