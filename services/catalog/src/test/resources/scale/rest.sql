-- What comes with the points: a pack and a job for each, a week of events, a year of audit, and configuration.
insert into pack (id, raw_bytes, stored_bytes)
  select md5('pack-' || d || '-' || n), 268435456, 134217728 from generate_series(1, ${points}) n, lateral generate_series(1, ${vms} + 0 * n) d;
insert into point_pack (point_id, pack_id)
  select md5(d || '-' || n)::uuid::text, md5('pack-' || d || '-' || n)
  from generate_series(1, ${points}) n, lateral generate_series(1, ${vms} + 0 * n) d;

insert into job (id, type, vm, domain_uuid, hypervisor, state, stage, reason, created_at, ended_at, total_bytes, result)
  select md5(case when bad then 'failed-' else '' end || d || '-' || n)::uuid::text,
    case when not bad then 'backup' else (array['backup', 'restore', 'conversion', 'verification', 'backup'])[1 + (n + d) % 5] end,
    (array['web', 'db', 'mail', 'build', 'cache'])[1 + d % 5] || '-' || lpad(d::text, 5, '0'), md5('vm-' || d)::uuid::text, 'kvm' || d % 40,
    case when bad and d % 2 = 0 then 'failed' else 'succeeded' end, case when bad then 'failed' else 'sealed' end,
    case when bad then 'The file system of the scratch directory is full. Make room there, then start the backup again.' end,
    at, at + interval '7 minutes', 1073741824, null
  from generate_series(1, ${points}) n, lateral generate_series(1, ${vms} + 0 * n) d,
    lateral (select now() - (${points} - n) * interval '8 hours' - d * interval '2.5 seconds' as at) instant,
    lateral (select false as bad union all select true where (n * 31 + d) % 50 = 0) outcome;
insert into job (id, type, vm, domain_uuid, hypervisor, state, stage, created_at, deadline_at, total_bytes)
  select md5('running-' || d)::uuid::text, 'backup', (array['web', 'db', 'mail', 'build', 'cache'])[1 + d % 5] || '-' || lpad(d::text, 5, '0'),
    md5('vm-' || d)::uuid::text, 'kvm' || d % 40, 'running', 'extracting', now(), now() + interval '1 day', 42949672960
  from generate_series(1, least(100, ${vms})) d;
insert into shard (job_id, target, index, worker, done_bytes, changed_bytes, zero_bytes, stored_bytes, millis)
  select md5('running-' || d)::uuid::text, 'vda', i, 'worker-' || i % 4, 67108864, 67108864, 0, 33554432, 900
  from generate_series(1, least(100, ${vms})) d, generate_series(0, 49) i;

insert into event_log (source, event_id, type, event, domain_uuid, job_id, recorded_at)
  select '/tidemark/catalog', md5('event-' || n), type,
    jsonb_build_object('specversion', '1.0', 'id', md5('event-' || n), 'source', '/tidemark/catalog', 'type', 'io.tidemark.' || type || '.v1',
      'time', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'datacontenttype', 'application/json',
      'data', jsonb_build_object('backupId', job, 'domainUuid', domain, 'vm', 'vm' || n % ${vms}, 'hypervisor', 'kvm' || n % 40,
        'text', repeat(md5(n::text), 12)))::text,
    domain, job, at
  from generate_series(1, ${vms} * 100) n,
    lateral (select (array['BackupRequested', 'BackupAccepted', 'BackupStarted', 'ShardsPlanned', 'ShardExtracted', 'ShardExtracted',
      'ShardExtracted', 'RestorePointSealed', 'BackupJobEnded', 'DomainChanged'])[1 + n % 10] as type,
      md5('vm-' || 1 + n / 10 % ${vms})::uuid::text as domain, md5(1 + n / 10 % ${vms} || '-' || ${points} - n / 10 / ${vms})::uuid::text as job,
      now() - (${vms} * 100 - n) * (interval '6 days' / (${vms} * 100)) as at) facts;

insert into audit (at, actor, role, address, operation, path, status, detail)
  select now() - (${vms} * 50 - n) * (interval '380 days' / (${vms} * 50)), 'user' || n % 50, 'operator', '192.0.2.' || n % 250,
    (array['startBackup', 'startRestore', 'forgetPoint', 'createSession'])[1 + n % 4], '/api/v1/backups', case when n % 30 = 0 then 403 else 202 end,
    case when n % 30 = 0 then 'An operator may not do that.' end
  from generate_series(1, ${vms} * 50) n;
insert into account (name, role, password) select 'user' || n, 'operator', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA' from generate_series(1, 200) n;
insert into api_token (id, name, role, secret, created_at, created_by, expires_at)
  select md5('token-' || n)::uuid::text, 'token ' || n, 'viewer', decode(md5(n::text), 'hex'), now() - n * interval '1 hour', 'user1',
    now() + interval '90 days'
  from generate_series(1, 1000) n;
insert into webhook (id, url, events, active, secret, created_at)
  select md5('hook-' || n)::uuid::text, 'https://hooks.example.org/' || n, '{}', false, 'whsec_' || n, now() - n * interval '1 day'
  from generate_series(1, 50) n;
insert into webhook_delivery (webhook_id, event_id, type, body, state, attempts, last_status, last_error, created_at, next_attempt_at, delivered_at)
  select md5('hook-' || 1 + n % 50)::uuid::text, md5('event-' || n), 'RestorePointSealed', repeat(md5(n::text), 20), state, 1, 200, null,
    now() - n * interval '1 second', case when state = 'pending' then now() end, case when state = 'delivered' then now() end
  from generate_series(1, ${vms} * 20) n,
    lateral (select case when n % 100 = 0 then 'dead' when n % 1000 = 1 then 'pending' else 'delivered' end as state) outcome;
