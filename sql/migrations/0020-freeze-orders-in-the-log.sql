-- Which orders of the operators the log tells of: each by its challenge, which is good for one. They belong to no account.
create table told_order (
  id bytea primary key check (octet_length(id) = 32)
);
alter table told_order enable row level security;
create policy clock_alone on told_order to ak_clock using (true);
grant select, insert on told_order to ak_clock;
