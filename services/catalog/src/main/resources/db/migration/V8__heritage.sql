-- A point refers to the packs that it has brought along, no longer to all of its parent's too: the table grew with the square of the chain.
-- What a point may need is in its own packs and those of its ancestors, also of those that are forgotten.
delete from point_pack using point, point_pack as of_parent
where point.id = point_pack.point_id and of_parent.point_id = point.parent and of_parent.pack_id = point_pack.pack_id;

create index point_by_parent on point (parent) where parent is not null;
create index pack_damaged on pack (id) where damaged;

-- The points of a domain that may need a damaged pack, because they or an ancestor have brought it along.
create function damaged_heritage(domain text) returns table (point_id text, pack_id text) stable language sql as $$
  with recursive heir (point, pack) as (
    select point.id, pack.id
    from pack join point_pack on point_pack.pack_id = pack.id join point on point.id = point_pack.point_id
    where pack.damaged and point.domain_uuid = domain
    union
    select child.id, heir.pack from heir join point as child on child.parent = heir.point)
  select point, pack from heir
$$;

-- The packs that a point may need.
create function heritage(of_point text) returns table (pack_id text) stable language sql as $$
  with recursive line (id, parent) as (
    select id, parent from point where id = of_point
    union
    select point.id, point.parent from line join point on point.id = line.parent)
  select distinct pack_id from line join point_pack on point_id = line.id
$$;

-- A parent that is only known by its name is no point of that day, until it turns up.
create or replace function count_point() returns trigger language plpgsql as $$
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
  if after and not before and (tg_op = 'INSERT' or old.domain_xml = '') then
    insert into day_total (day, points) values ((new.created_at at time zone 'UTC')::date, 1)
    on conflict (day) do update set points = day_total.points + 1;
  end if;
  perform refresh_last_point(new.domain_uuid);
  return null;
end $$;

-- The same as before, but the last point of each domain is looked up in the index instead of sorting all points.
create or replace function refresh_totals() returns void language sql as $$
  delete from repository_total;
  insert into repository_total (points, logical_bytes, stored_bytes) values (
    (select count(*) from point where is_present(state)),
    (select coalesce(sum(size_bytes), 0) from point_disk join point on point.id = point_id where is_present(state)),
    (select coalesce(sum(stored_bytes), 0) from pack));
  delete from day_total;
  insert into day_total (day, points, changed_bytes, stored_bytes)
    with dated as not materialized (
      select id, (created_at at time zone 'UTC')::date as day from point where state <> 'forgotten' or domain_xml <> '')
    select day, points, coalesce(changed, 0), coalesce(stored, 0)
    from (select day, count(*) as points from dated group by day) counted
      left join (select day, sum(changed_bytes) as changed, sum(stored_bytes) as stored
        from dated join point_disk on point_id = id group by day) summed using (day);
  select refresh_last_point(uuid) from domain;
$$;
