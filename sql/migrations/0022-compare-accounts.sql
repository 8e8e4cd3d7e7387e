-- What the api keeps of each account, so briefly that a keyholder can say of hundreds at a time which it knows otherwise: asked of every account each hour,
-- one by one, ten million of them would take longer than the hour.
create index statement_signed on statement (tenant, receipt_epoch, receipt_counter)
  where kind not in ('checkin', 'token', 'attested');

-- As it was (0009), in a form whose every page costs the same: with `after is null or` and `exists` a late page began to read at the first account.
create or replace function list_tenants(after uuid, batch integer) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select id from public.account
    where id > coalesce(after, '00000000-0000-0000-0000-000000000000'::uuid)
      and (select true from public.statement where statement.tenant = account.id limit 1)
    order by id limit batch
  $$;

-- Of accounts that signed anything, by id: the newest place of the chain; the newest receipt's number; a hash of what was signed from that place on;
-- and whether a manifest's statement is kept whose list is still an offer.
create function summarize_tenants(after uuid, batch integer)
  returns table (tenant uuid, seq bigint, epoch bigint, counter bigint, digest bytea, is_unstored boolean)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select listed.tenant, coalesce(chain.seq, -1), newest.epoch, newest.counter, signed.digest,
      exists (
        select from public.manifest_offer join public.statement on statement.tenant = manifest_offer.tenant
          and statement.id = manifest_offer.statement_id
        where manifest_offer.tenant = listed.tenant
      )
    from public.list_tenants(after, batch) as listed
    cross join lateral (
      select receipt_epoch as epoch, receipt_counter as counter from public.statement
      where statement.tenant = listed.tenant order by receipt_epoch desc, receipt_counter desc limit 1
    ) as newest
    left join lateral (
      select statement.seq from public.statement
      where statement.tenant = listed.tenant and statement.seq is not null order by statement.seq desc limit 1
    ) as chain on true
    left join lateral (
      select receipt_epoch, receipt_counter from public.statement
      where statement.tenant = listed.tenant and statement.seq = chain.seq - 1 limit 1
    ) as before on true
    cross join lateral (
      select sha256(coalesce(string_agg(id, ''::bytea order by id), ''::bytea)) as digest from public.statement
      where statement.tenant = listed.tenant and kind not in ('checkin', 'token', 'attested')
        and (receipt_epoch, receipt_counter) > (coalesce(before.receipt_epoch, -1), coalesce(before.receipt_counter, -1))
    ) as signed
    order by listed.tenant
  $$;
revoke execute on function summarize_tenants(uuid, integer) from public;
grant execute on function summarize_tenants(uuid, integer) to ak_api;
