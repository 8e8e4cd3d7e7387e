-- Every call with a session begins here, so what it says comes with the tenant: whoever has the token's hash would read this one row next anyway.
drop function find_session(bytea);
create function find_session(wanted bytea)
  returns table (tenant uuid, channel text, recipient uuid, seen_at bigint, idle_ms bigint, absolute_expiry bigint)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select tenant, channel, recipient, seen_at, idle_ms, absolute_expiry from public.session where token_hash = wanted
  $$;
revoke execute on function find_session(bytea) from public;
grant execute on function find_session(bytea) to ak_api;
