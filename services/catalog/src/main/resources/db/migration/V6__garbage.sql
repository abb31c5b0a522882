-- Garbage collection. Whoever holds this row takes points or packs away; there is one at a time.
create table maintenance (
  singleton boolean primary key default true check (singleton),
  -- How often garbage was collected.
  runs      bigint not null default 0
);
insert into maintenance default values;

-- A pack that nothing needs and no sealed point has brought along: it may belong to a backup that runs.
create table garbage_suspect (
  pack    text primary key,
  -- Those that ran when it was first seen.
  backups text[] not null
);
