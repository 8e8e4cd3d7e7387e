-- Two receipts of an account with one number are of two histories of the keyholder's store, one of which it lost: a proof of that whatever was counted since. Found
-- when the second one is kept, so that nobody ever looks through all of them. So is another receipt of a statement that has one.
alter table statement add column clashes boolean not null default false;
update statement set clashes = true
from (select tenant, receipt_epoch, receipt_counter from statement group by 1, 2, 3 having count(*) > 1) as twice
where statement.tenant = twice.tenant and statement.receipt_epoch = twice.receipt_epoch and statement.receipt_counter = twice.receipt_counter;
create index statement_clashing on statement (tenant, receipt_epoch, receipt_counter) where clashes;

drop function summarize_tenants(uuid, integer);
-- Of accounts that signed anything, by id: the newest place of the chain; the newest receipt's number; a hash of what was signed from that place on;
-- whether a manifest's statement is kept whose list is still an offer; and whether receipts of the newest one's epoch clash.
create function summarize_tenants(after uuid, batch integer)
  returns table (tenant uuid, seq bigint, epoch bigint, counter bigint, digest bytea, is_unstored boolean, is_clashing boolean)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select listed.tenant, coalesce(chain.seq, -1), newest.epoch, newest.counter, signed.digest,
      exists (
        select from public.manifest_offer join public.statement on statement.tenant = manifest_offer.tenant
          and statement.id = manifest_offer.statement_id
        where manifest_offer.tenant = listed.tenant
      ),
      exists (
        select from public.statement where statement.tenant = listed.tenant and clashes and statement.receipt_epoch = newest.epoch
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
