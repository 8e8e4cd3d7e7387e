-- What the api keeps of each account, whole: whether a keyholder that was ever put back lacks any of it shows in this, and only what differs is given back. The newest
-- of a chain (0022) does not say what stands behind it. Of each statement the id and its receipt's hash, in the order of the ids.
create function digest_tenants(after uuid, batch integer) returns table (tenant uuid, digest bytea, is_unstored boolean)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select listed.tenant, signed.digest,
      exists (
        select from public.manifest_offer join public.statement on statement.tenant = manifest_offer.tenant
          and statement.id = manifest_offer.statement_id
        where manifest_offer.tenant = listed.tenant
      )
    from public.list_tenants(after, batch) as listed
    cross join lateral (
      select sha256(coalesce(string_agg(id || sha256(convert_to(receipt, 'UTF8')), ''::bytea order by id), ''::bytea)) as digest
      from public.statement where statement.tenant = listed.tenant and kind not in ('checkin', 'token', 'attested')
    ) as signed
    order by listed.tenant
  $$;
revoke execute on function digest_tenants(uuid, integer) from public;
grant execute on function digest_tenants(uuid, integer) to ak_api;
-- The two functions that sum up ask it by their owner's right; nobody else does any more.
revoke execute on function list_tenants(uuid, integer) from ak_api;
