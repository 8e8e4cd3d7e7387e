-- Accounts that have signed anything, in the order of their ids: what the keyholder may have lost in a restore is given back to it without
-- waiting for their owners.
create function list_tenants(after uuid, batch integer) returns table (tenant uuid)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select id from public.account
    where (after is null or id > after) and exists (select 1 from public.statement where statement.tenant = account.id)
    order by id limit batch
  $$;
revoke execute on function list_tenants(uuid, integer) from public;
grant execute on function list_tenants(uuid, integer) to ak_api;
