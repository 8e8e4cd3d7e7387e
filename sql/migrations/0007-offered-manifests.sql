-- A list of documents is kept before the keyholder is asked. Were it only stored after, a fault between the keyholder's word and ours
-- would leave a signed list that nobody has, and a vault that its owner could open no more.

create table manifest_offer (
  tenant uuid not null references account (id) on delete cascade,
  statement_id bytea not null check (octet_length(statement_id) = 32),
  b uuid not null,
  g bigint not null,
  mseq bigint not null,
  body bytea not null,
  docs uuid[] not null,
  vers uuid[] not null,
  revs bigint[] not null,
  -- Of each entry: the revision of the header that its signer verified, or -1; the new metadata that it brings, or null.
  header_revs bigint[] not null,
  metadata bytea[] not null,
  -- Bytes of body and metadata.
  size bigint not null,
  -- Real time.
  offered_at bigint not null,
  primary key (tenant, statement_id),
  check (cardinality(docs) = cardinality(vers) and cardinality(docs) = cardinality(revs)
    and cardinality(docs) = cardinality(header_revs) and cardinality(docs) = cardinality(metadata))
);
create index manifest_offer_by_time on manifest_offer (offered_at);
alter table manifest_offer enable row level security;
create policy tenant on manifest_offer using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
grant select, insert, delete on manifest_offer to ak_api;

-- Tenants that have offers from before `before` (real ms).
create function find_old_offers(before bigint) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select distinct tenant from public.manifest_offer where offered_at < before limit 100 $$;

-- Retired before that time was noted: it counts from now on.
update document set retired_at = (extract(epoch from clock_timestamp()) * 1000)::bigint where state = 'retired' and retired_at is null;

-- Versions that may go; ids alone. Whether one is still held is judged once more under its tenant's row-level security. Why each list is
-- taken apart once and not looked through for each version: lists of 20,000 entries made that a matter of minutes.
drop function find_stale_documents(bigint, bigint);
create function find_stale_pending(before bigint) returns table (tenant uuid, doc uuid, ver uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    with stale as materialized (select tenant, doc, ver from public.document where state = 'pending' and touched_at < before),
    held as materialized (
      select o.tenant, n.d as doc, n.v as ver from public.manifest_offer o, unnest(o.docs, o.vers) as n(d, v)
      where o.tenant in (select s.tenant from stale s))
    select s.tenant, s.doc, s.ver from stale s
    where not exists (select from held h where h.tenant = s.tenant and h.doc = s.doc and h.ver = s.ver) limit 1000
  $$;
create function find_stale_retired(before bigint) returns table (tenant uuid, doc uuid, ver uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    with stale as materialized (select tenant, doc, ver from public.document where state = 'retired' and retired_at < before),
    held as materialized (
      select m.tenant, n.d as doc, n.v as ver from public.manifest m, unnest(m.docs, m.vers) as n(d, v)
      where m.b <> '00000000-0000-0000-0000-000000000000' and m.tenant in (select s.tenant from stale s)
      union all
      select o.tenant, n.d, n.v from public.manifest_offer o, unnest(o.docs, o.vers) as n(d, v)
      where o.tenant in (select s.tenant from stale s))
    select s.tenant, s.doc, s.ver from stale s
    where not exists (select from held h where h.tenant = s.tenant and h.doc = s.doc and h.ver = s.ver) limit 10000
  $$;
revoke execute on function find_old_offers(bigint), find_stale_pending(bigint), find_stale_retired(bigint) from public;
grant execute on function find_old_offers(bigint), find_stale_pending(bigint), find_stale_retired(bigint) to ak_api;
