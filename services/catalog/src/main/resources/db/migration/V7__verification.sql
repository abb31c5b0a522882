-- How a verification reads, and how far it has come: a catalog that starts goes on from there.
alter table verification
  add column mode             text not null default 'full' check (mode in ('quick', 'full')),
  add column bytes_per_second bigint check (bytes_per_second > 0),
  add column state            jsonb;

-- What of a damaged point is lost: a list of {target, offset, lengthBytes, reason}.
alter table point add column damage jsonb;
