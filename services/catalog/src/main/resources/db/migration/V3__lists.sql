-- What lists and the overview need so that they answer at once however much there is: the last point of each domain, totals, and an
-- index for each order and filter. Triggers keep the copies, whoever writes.

alter table point add column verified_at timestamptz;

alter table domain
  add column last_point_id    text,
  add column last_point_kind  text,
  add column last_point_state text,
  add column last_point_at    timestamptz,
  -- Whether every disk can keep bitmaps.
  add column disks_protected  boolean not null generated always as (
    jsonb_array_length(disks) > 0 and not jsonb_path_exists(disks, '$[*] ? (@.protection != "protected")')) stored;
create index domain_listed on domain (gone, name, uuid);

create function refresh_last_point(changed text) returns void language sql as $$
  update domain set (last_point_id, last_point_kind, last_point_state, last_point_at) = (
    select id, kind, state, created_at from point
    where domain_uuid = domain.uuid and state in ('sealed', 'damaged') order by created_at desc, id desc limit 1)
  where uuid = changed
$$;

-- What is there now. Stored bytes are those of packs, which points share.
create table repository_total (
  singleton     boolean primary key default true check (singleton),
  points        bigint not null,
  logical_bytes bigint not null,
  stored_bytes  bigint not null
);

-- What each day's points had changed and added, by UTC; points that are forgotten later still count.
create table day_total (
  day           date primary key,
  points        bigint not null default 0,
  changed_bytes bigint not null default 0,
  stored_bytes  bigint not null default 0
);

create function is_present(state text) returns boolean immutable language sql as $$ select state in ('sealed', 'damaged') $$;

create function count_point() returns trigger language plpgsql as $$
declare
  before boolean := tg_op = 'UPDATE' and is_present(old.state);
  after  boolean := is_present(new.state);
begin
  if before <> after then
    update repository_total set
      points = points + case when after then 1 else -1 end,
      logical_bytes = logical_bytes + case when after then 1 else -1 end
        * (select coalesce(sum(size_bytes), 0) from point_disk where point_id = new.id);
  end if;
  if tg_op = 'INSERT' then
    insert into day_total (day, points) values ((new.created_at at time zone 'UTC')::date, 1)
    on conflict (day) do update set points = day_total.points + 1;
  end if;
  perform refresh_last_point(new.domain_uuid);
  return null;
end $$;
create trigger count_point after insert or update of state, created_at on point for each row execute function count_point();

create function count_point_disk() returns trigger language plpgsql as $$
begin
  update repository_total set logical_bytes = logical_bytes + new.size_bytes
  where exists (select from point where id = new.point_id and is_present(state));
  insert into day_total (day, changed_bytes, stored_bytes)
    select (created_at at time zone 'UTC')::date, new.changed_bytes, new.stored_bytes from point where id = new.point_id
  on conflict (day) do update set
    changed_bytes = day_total.changed_bytes + excluded.changed_bytes, stored_bytes = day_total.stored_bytes + excluded.stored_bytes;
  return null;
end $$;
create trigger count_point_disk after insert on point_disk for each row execute function count_point_disk();

-- By statement: a collection of garbage may delete many at once.
create function count_packs_added() returns trigger language plpgsql as $$
begin
  update repository_total set stored_bytes = stored_bytes + (select coalesce(sum(stored_bytes), 0) from added);
  return null;
end $$;
create function count_packs_changed() returns trigger language plpgsql as $$
begin
  update repository_total set stored_bytes = stored_bytes
    + (select coalesce(sum(stored_bytes), 0) from added) - (select coalesce(sum(stored_bytes), 0) from removed);
  return null;
end $$;
create function count_packs_removed() returns trigger language plpgsql as $$
begin
  update repository_total set stored_bytes = stored_bytes - (select coalesce(sum(stored_bytes), 0) from removed);
  return null;
end $$;
create trigger count_packs_added after insert on pack referencing new table as added
  for each statement execute function count_packs_added();
create trigger count_packs_changed after update on pack referencing new table as added old table as removed
  for each statement execute function count_packs_changed();
create trigger count_packs_removed after delete on pack referencing old table as removed
  for each statement execute function count_packs_removed();

-- All of the copies anew, from what they are copies of.
create function refresh_totals() returns void language sql as $$
  delete from repository_total;
  insert into repository_total (points, logical_bytes, stored_bytes) values (
    (select count(*) from point where is_present(state)),
    (select coalesce(sum(size_bytes), 0) from point_disk join point on point.id = point_id where is_present(state)),
    (select coalesce(sum(stored_bytes), 0) from pack));
  delete from day_total;
  insert into day_total (day, points, changed_bytes, stored_bytes)
    select (created_at at time zone 'UTC')::date, count(*), coalesce(sum(changed), 0), coalesce(sum(stored), 0)
    from point left join (select point_id, sum(changed_bytes) changed, sum(stored_bytes) stored from point_disk group by point_id) disks
      on point_id = id
    group by 1;
  update domain set last_point_id = last.id, last_point_kind = last.kind, last_point_state = last.state, last_point_at = last.created_at
  from (select distinct on (domain_uuid) * from point where state in ('sealed', 'damaged')
    order by domain_uuid, created_at desc, id desc) last
  where last.domain_uuid = uuid;
$$;
select refresh_totals();

drop index point_of_domain;
drop index point_by_age;
create index point_of_domain on point (domain_uuid, created_at desc, id desc);
create index point_listed on point (created_at desc, id desc) where state in ('sealed', 'damaged');
create index point_full_listed on point (created_at desc, id desc) where kind = 'full' and state in ('sealed', 'damaged');
create index point_by_state on point (state, created_at desc, id desc);
create index point_by_prefix on point (id text_pattern_ops);

drop index job_by_age;
create index job_listed on job (created_at desc, id desc);
create index job_by_state on job (state, created_at desc, id desc);
create index job_by_type on job (type, created_at desc, id desc);
create index job_by_type_and_state on job (type, state, created_at desc, id desc);
create index job_by_domain on job (domain_uuid, created_at desc, id desc);
create index job_by_vm on job (vm, created_at desc, id desc);
create index job_by_end on job (ended_at desc, id desc);
create index job_failed on job (ended_at desc, id desc) where state = 'failed';

-- What an event is about, for those who follow one VM or one job.
alter table event_log add column domain_uuid text, add column job_id text;
create index event_log_by_domain on event_log (domain_uuid, id);
create index event_log_by_job on event_log (job_id, id);
create index event_log_by_type on event_log (type, id);

create table setting (
  singleton           boolean primary key default true check (singleton),
  version             bigint not null default 1,
  at_risk_after_hours int not null default 26 check (at_risk_after_hours > 0)
);
insert into setting default values;
