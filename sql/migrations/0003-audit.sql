-- One leaf of the audit log per change, inserted in the change's own transaction. The bytes are fixed in specs/audit-log.md.
-- `sequence_index` is the leaf's place in the Merkle tree, set once by the auditor.
create table audit_leaf (
  -- Identity columns are numbered before they commit, so this is neither gapless nor the order of commits.
  id bigint generated always as identity primary key,
  -- Empty for what belongs to no account, such as a failed sign-in to an address that nobody has.
  tenant uuid,
  at bigint not null,
  leaf bytea not null check (octet_length(leaf) between 1 and 8192),
  sequence_index bigint unique check (sequence_index >= 0)
);
create index audit_leaf_waiting on audit_leaf (id) where sequence_index is null;
create index audit_leaf_of_tenant on audit_leaf (tenant, sequence_index);

alter table audit_leaf enable row level security;
create policy audit_leaf_read on audit_leaf for select to ak_api, ak_clock
  using (tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid));
create policy audit_leaf_add on audit_leaf for insert to ak_api, ak_clock
  with check (
    sequence_index is null
    and (tenant is null or tenant = (select nullif(current_setting('ak.tenant', true), '')::uuid))
  );
-- The auditor reads every account's leaves: they hold ids, hashes and words of ours, no personal data.
create policy audit_leaf_audit on audit_leaf for select to ak_auditor using (true);

grant select (id, tenant, at, leaf, sequence_index) on audit_leaf to ak_api, ak_clock, ak_auditor;
grant insert (tenant, at, leaf) on audit_leaf to ak_api, ak_clock;

-- Not a wall (whoever owns the table can drop it) but a guard against mistakes, migrations included. The wall is the auditor's tree.
create function audit_leaf_is_final() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.sequence_index is null and (new.id, new.at, new.leaf) = (old.id, old.at, old.leaf)
      and new.tenant is not distinct from old.tenant
    then
      return new;
    end if;
  end if;
  raise exception 'audit leaves are never altered or removed';
end
$$;
create trigger audit_leaf_final_row before update or delete on audit_leaf
  for each row execute function audit_leaf_is_final();
create trigger audit_leaf_final_table before truncate on audit_leaf
  for each statement execute function audit_leaf_is_final();

-- Gives consecutive places to waiting leaves. Places are never given twice or left out.
create function audit_sequence(first_index bigint, leaf_ids bigint[]) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  assigned bigint;
begin
  if first_index <> (select coalesce(max(sequence_index) + 1, 0) from audit_leaf) then
    raise exception 'place % is not the next one', first_index;
  end if;
  update audit_leaf
  set sequence_index = first_index + placed.ordinal - 1
  from unnest(leaf_ids) with ordinality as placed(leaf_id, ordinal)
  where audit_leaf.id = placed.leaf_id and audit_leaf.sequence_index is null;
  get diagnostics assigned = row_count;
  if assigned <> coalesce(array_length(leaf_ids, 1), 0) then
    raise exception 'a leaf is missing or has its place already';
  end if;
end
$$;
revoke all on function audit_sequence(bigint, bigint[]) from public;
grant execute on function audit_sequence(bigint, bigint[]) to ak_auditor;
