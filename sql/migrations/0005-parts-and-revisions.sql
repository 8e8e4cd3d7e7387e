-- Objects arrive in parts, and the metadata of a version has revisions: a rename writes a new one and no byte of the payload.

-- One row for each part that is on the disk; it is written after the bytes are safe.
create table document_part (
  tenant uuid not null,
  doc uuid not null,
  ver uuid not null,
  part integer not null check (part between 0 and 16383),
  sha256 bytea not null check (octet_length(sha256) = 32),
  primary key (tenant, doc, ver, part),
  foreign key (tenant, doc, ver) references document (tenant, doc, ver) on delete cascade
);

create table document_metadata (
  tenant uuid not null,
  doc uuid not null,
  ver uuid not null,
  rev bigint not null check (rev >= 0),
  metadata bytea not null,
  primary key (tenant, doc, ver, rev),
  foreign key (tenant, doc, ver) references document (tenant, doc, ver) on delete cascade
);
insert into document_metadata select tenant, doc, ver, 0, metadata from document;
alter table document drop column metadata;

-- Real time of the announcement or of the last part since, so that an upload of many evenings is not swept while it goes on.
alter table document rename column announced_at to touched_at;
-- Real time at which the vault's newest manifest named the version no more; null while it does, and before it ever did.
alter table document add column retired_at bigint;
create index document_retired on document (retired_at) where state = 'retired';

alter table manifest add column revs bigint[];
update manifest set revs = array_fill(0::bigint, array[cardinality(docs)]);
alter table manifest alter column revs set not null, add check (cardinality(revs) = cardinality(docs));

alter table document_part enable row level security;
alter table document_metadata enable row level security;
create policy tenant on document_part using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy tenant on document_metadata using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
grant select, insert, delete on document_part to ak_api;
grant select, insert, update, delete on document_metadata to ak_api;

-- Pending versions of which nothing arrived since `before`, and versions retired before `retired_before` (real ms both). Ids alone:
-- whether a bequest still needs one is judged under its tenant's row-level security.
drop function find_stale_documents(bigint);
create function find_stale_documents(before bigint, retired_before bigint) returns table (tenant uuid, doc uuid, ver uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    (select tenant, doc, ver from public.document where state = 'pending' and touched_at < before limit 1000)
    union all
    (select d.tenant, d.doc, d.ver from public.document d where d.state = 'retired' and d.retired_at < retired_before
       and not exists (
         select from public.manifest m where m.tenant = d.tenant and m.b <> '00000000-0000-0000-0000-000000000000'
           and d.ver = any (m.vers) and (d.doc, d.ver) in (select o, v from unnest(m.docs, m.vers) as named(o, v)))
     limit 1000)
  $$;
revoke execute on function find_stale_documents(bigint, bigint) from public;
grant execute on function find_stale_documents(bigint, bigint) to ak_api;
