-- Before anybody is told of a release, the clock zone shows the keyholder the newest receipts of the account, as the api does before anybody is given a share: one that was put back
-- with its whole folder decides by older signs until it is shown what it lost, and its letters left before the api's hourly turn came. Both ask for the same ones by one name.

-- Why past row-level security: so the clock zone gets these receipts and no right on what owners signed.
-- The newest receipt of the account that the transaction is for, with those of its number; and where any of its epoch clash, the newest such number's (migration 0024).
create function telling_receipts() returns table (receipt text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  with own as (
    select * from statement where tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid)
  ), newest as (
    select receipt_epoch as epoch, receipt_counter as counter from own
    order by receipt_epoch desc, receipt_counter desc limit 1
  ), clash as (
    select receipt_epoch, receipt_counter from newest join own on clashes and receipt_epoch = epoch
    order by receipt_counter desc limit 1
  )
  select receipt from (select * from newest union select * from clash) as telling
    join own on receipt_epoch = epoch and receipt_counter = counter
  order by epoch desc, counter desc, id
$$;
revoke execute on function telling_receipts() from public;
grant execute on function telling_receipts() to ak_api, ak_clock;
