-- Two surveys of one job may cut its disks differently; only the shards that the plan in force cut count.
alter table backup add column cut text not null default '';
alter table restore add column cut text not null default '';
alter table shard add column cut text not null default '';
alter table shard drop constraint shard_pkey, add primary key (job_id, target, cut, index);
