-- To which history of the keyholder's store everything that owners signed was given back whole, so that no start of the api does it again. One row; it
-- belongs to no account. `turn` is the api's own: a database that lost it has gone back since that turn began, and whatever that turn wrote may be lost too.
create table given_back (
  "only" boolean primary key default true check ("only"),
  instance text not null check (length(instance) between 1 and 64),
  turn text not null check (length(turn) between 1 and 64),
  is_whole boolean not null
);
alter table given_back enable row level security;
create policy api_alone on given_back to ak_api using (true);
grant select, insert, update on given_back to ak_api;
