-- The catalog's tables. Blocks are never here: only points, their disks, and the packs that they refer to.
-- All times are the database's own clock, so that several catalogs agree on deadlines.

create table domain (
  uuid       text primary key,
  hypervisor text not null,
  name       text not null,
  state      text not null,
  gone       boolean not null default false,
  -- As the API shows them: target, source, format, sizeBytes, protection, reason, metadataImage.
  disks      jsonb not null default '[]',
  -- When the inventory said so; an older event never overwrites a newer one.
  seen_at    timestamptz not null
);
create index domain_name on domain (name);

create table repository (
  singleton boolean primary key default true check (singleton),
  id        text not null,
  path      text not null
);

create table point (
  id              text primary key,
  domain_uuid     text not null references domain,
  vm              text not null,
  hypervisor      text not null,
  parent          text references point,
  kind            text not null check (kind in ('full', 'incremental')),
  -- forgetting: the row is out of use, the manifest in the repository may still be there.
  state           text not null check (state in ('sealed', 'damaged', 'forgetting', 'forgotten')),
  consistency     text not null,
  checkpoint      text,
  domain_xml      text not null,
  created_at      timestamptz not null,
  sealed_at       timestamptz not null,
  check (parent <> id)
);
create index point_of_domain on point (domain_uuid, created_at desc);
create index point_by_age on point (created_at desc);

create table point_disk (
  point_id      text not null references point on delete cascade,
  target        text not null,
  position      int not null,
  size_bytes    bigint not null check (size_bytes >= 0),
  root          text not null,
  checkpointed  boolean not null,
  mode          text not null check (mode in ('full', 'incremental')),
  reason        text,
  source        text not null,
  format        text not null,
  read_bytes    bigint not null,
  changed_bytes bigint not null,
  zero_bytes    bigint not null,
  stored_bytes  bigint not null,
  primary key (point_id, target)
);

create table pack (
  id           text primary key,
  raw_bytes    bigint,
  stored_bytes bigint,
  -- Something in it was found unreadable: no backup builds on a point that refers to it.
  damaged      boolean not null default false
);

-- A pack that a point may refer to: those it added, and all of its parent's.
create table point_pack (
  point_id text not null references point on delete cascade,
  pack_id  text not null references pack,
  primary key (point_id, pack_id)
);
create index point_pack_by_pack on point_pack (pack_id);

create table job (
  id          text primary key,
  type        text not null check (type in ('backup', 'restore', 'conversion', 'verification')),
  vm          text not null,
  domain_uuid text references domain,
  hypervisor  text,
  state       text not null check (state in ('queued', 'running', 'succeeded', 'failed')),
  stage       text not null,
  reason      text,
  created_at  timestamptz not null default clock_timestamp(),
  ended_at    timestamptz,
  -- When somebody must have been heard of; null while nobody is waited for.
  deadline_at timestamptz,
  total_bytes bigint,
  result      jsonb,
  check ((ended_at is not null) = (state in ('succeeded', 'failed'))),
  check (state <> 'failed' or reason is not null)
);
create index job_by_age on job (created_at desc);
create index job_active on job (deadline_at) where state in ('queued', 'running');

create table backup (
  id           text primary key references job,
  domain_uuid  text references domain,
  full_read    boolean not null,
  disks        text[] not null,
  parent       text references point,
  checkpoint   text,
  consistency  text,
  instant      timestamptz,
  domain_xml   text,
  -- From acceptance until its libvirt job is closed.
  holds_domain boolean not null default false,
  job_ended    boolean not null default false
);
create unique index one_backup_per_domain on backup (domain_uuid) where holds_domain;
create index backup_by_parent on backup (parent);

create table backup_disk (
  backup_id      text not null references backup on delete cascade,
  target         text not null,
  position       int not null,
  source         text not null,
  format         text not null,
  size_bytes     bigint not null,
  mode           text not null check (mode in ('full', 'incremental')),
  reason         text,
  checkpointed   boolean not null,
  parent_size    bigint not null,
  parent_root    text not null,
  planned_shards int,
  primary key (backup_id, target)
);

create table restore (
  id              text primary key references job,
  point_id        text references point,
  directory       text,
  overwrite       boolean not null
);
create index restore_by_point on restore (point_id);

create table restore_disk (
  restore_id     text not null references restore on delete cascade,
  target         text not null,
  path           text not null,
  size_bytes     bigint not null,
  root           text not null,
  planned_shards int,
  primary key (restore_id, target)
);

-- A shard that was reported; the first report counts.
create table shard (
  job_id        text not null references job on delete cascade,
  target        text not null,
  index         int not null,
  worker        text not null,
  done_bytes    bigint not null,
  changed_bytes bigint not null,
  zero_bytes    bigint not null,
  stored_bytes  bigint not null,
  -- Dropped when the restore point is sealed.
  leaves        jsonb,
  pack          text,
  pack_raw      bigint,
  pack_stored   bigint,
  millis        bigint not null,
  primary key (job_id, target, index)
);

create table conversion (
  id      text primary key references job,
  mode    text not null check (mode in ('plan', 'apply', 'revert')),
  disks   text[] not null,
  restart boolean not null
);

create table verification (
  id     text primary key references job,
  points text[] not null
);

create table outbox (
  id           bigint generated always as identity primary key,
  event_id     text not null unique,
  key          text not null,
  event        text not null,
  created_at   timestamptz not null default clock_timestamp(),
  published_at timestamptz
);
create index outbox_unpublished on outbox (id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

create table inbox (
  source       text not null,
  event_id     text not null,
  processed_at timestamptz not null default clock_timestamp(),
  primary key (source, event_id)
);
create index inbox_by_age on inbox (processed_at);

create table event_log (
  id          bigint generated always as identity primary key,
  source      text not null,
  event_id    text not null,
  type        text not null,
  event       text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  unique (source, event_id)
);
create index event_log_by_age on event_log (recorded_at);
