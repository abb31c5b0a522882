insert into domain (uuid, hypervisor, name, state, disks, seen_at) values
  ('4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm1', 'web', 'running',
    '[{"target": "vda", "source": "/dev/vg0/web", "format": "raw", "sizeBytes": ${size}, "protection": "protected",
       "reason": "a metadata image keeps its bitmaps", "metadataImage": "/var/lib/libvirt/tidemark/metadata/web.qcow2"}]',
    '2026-03-01T10:00:00Z'),
  ('5f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm2', 'left', 'shut-off', '[]', '2026-02-01T10:00:00Z');
update domain set gone = true where name = 'left';
insert into repository (id, path) values ('${repository}', '${path}');

insert into point (id, domain_uuid, vm, hypervisor, parent, kind, state, consistency, checkpoint, domain_xml, created_at, sealed_at) values
  ('forgotten-point', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'web', 'kvm1', null, 'full', 'forgotten', 'crash', null,
    '<domain/>', '2026-03-01T08:00:00Z', '2026-03-01T08:01:00Z'),
  ('${first}', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'web', 'kvm1', 'forgotten-point', 'full', 'sealed', 'crash', 'tidemark-1',
    '<domain/>', '2026-03-01T09:00:00Z', '2026-03-01T09:01:00Z'),
  ('${second}', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'web', 'kvm1', '${first}', 'incremental', 'sealed', 'filesystem', 'tidemark-2',
    '<domain/>', '2026-03-01T10:00:00Z', '2026-03-01T10:01:00Z');
insert into point_disk (point_id, target, position, size_bytes, root, checkpointed, mode, reason, source, format, read_bytes,
  changed_bytes, zero_bytes, stored_bytes) values
  ('${first}', 'vda', 0, ${size}, '${firstRoot}', true, 'full', 'there is no earlier point', '/dev/vg0/web', 'raw', ${size}, ${size}, 0, 5000),
  ('${second}', 'vda', 0, ${size}, '${secondRoot}', true, 'incremental', null, '/dev/vg0/web', 'raw', 65536, 65536, 0, 700);
insert into pack (id, raw_bytes, stored_bytes) select unnest('${firstPacks}'::text[]), 65536, 1000;
insert into pack (id) select unnest('${secondPacks}'::text[]);
-- As they were written then: all packs of the parent too.
insert into point_pack select '${first}', unnest('${firstPacks}'::text[]);
insert into point_pack select '${second}', unnest('${firstPacks}'::text[] || '${secondPacks}'::text[]);

insert into job (id, type, vm, domain_uuid, hypervisor, state, stage, reason, created_at, ended_at, total_bytes, result) values
  ('${first}', 'backup', 'web', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm1', 'succeeded', 'sealed', null,
    '2026-03-01T09:00:00Z', '2026-03-01T09:01:00Z', ${size}, null),
  ('${second}', 'backup', 'web', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm1', 'succeeded', 'sealed', null,
    '2026-03-01T10:00:00Z', '2026-03-01T10:01:00Z', 65536, null),
  ('failed-backup', 'backup', 'web', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm1', 'failed', 'failed', 'The disk was full. Make room.',
    '2026-03-01T11:00:00Z', '2026-03-01T11:01:00Z', null, null),
  ('old-restore', 'restore', 'web', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm1', 'succeeded', 'completed', null,
    '2026-03-01T12:00:00Z', '2026-03-01T12:01:00Z', ${size}, '{"disks": []}'),
  ('old-conversion', 'conversion', 'web', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', 'kvm1', 'succeeded', 'applied', null,
    '2026-03-01T07:00:00Z', '2026-03-01T07:01:00Z', null, '{"plan": []}'),
  ('old-verification', 'verification', 'web', null, null, 'succeeded', 'verified', null,
    '2026-03-01T13:00:00Z', '2026-03-01T13:01:00Z', ${size}, '{"ok": true, "checkedBytes": 65536, "damaged": []}');
insert into backup (id, domain_uuid, full_read, disks, parent, checkpoint, consistency, instant, domain_xml, job_ended) values
  ('${first}', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', true, '{}', null, 'tidemark-1', 'crash', '2026-03-01T09:00:00Z', '<domain/>', true),
  ('${second}', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', false, '{vda}', '${first}', 'tidemark-2', 'filesystem', '2026-03-01T10:00:00Z',
    '<domain/>', true),
  ('failed-backup', '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', false, '{}', '${second}', null, null, null, null, true);
insert into backup_disk (backup_id, target, position, source, format, size_bytes, mode, reason, checkpointed, parent_size, parent_root,
  planned_shards) values
  ('${second}', 'vda', 0, '/dev/vg0/web', 'raw', ${size}, 'incremental', null, true, ${size}, '${firstRoot}', 1);
insert into shard (job_id, target, index, worker, done_bytes, changed_bytes, zero_bytes, stored_bytes, pack, pack_raw, pack_stored, millis)
  values ('${second}', 'vda', 0, 'worker-1', 65536, 65536, 0, 700, 'p', 65536, 700, 12);
insert into restore (id, point_id, directory, overwrite) values ('old-restore', '${first}', '/srv/restores', false);
insert into restore_disk (restore_id, target, path, size_bytes, root, planned_shards)
  values ('old-restore', 'vda', '/srv/restores/vda.raw', ${size}, '${firstRoot}', 1);
insert into conversion (id, mode, disks, restart) values ('old-conversion', 'apply', '{vda}', true);
insert into verification (id, points) values ('old-verification', array['${first}', '${second}']);

insert into outbox (event_id, key, event, published_at) values ('out-1', 'web', '{}', '2026-03-01T10:01:00Z');
insert into inbox (source, event_id) values ('/tidemark/checkpointer', 'in-1');
insert into event_log (source, event_id, type, event) values
  ('/tidemark/catalog', 'log-1', 'BackupRequested', '{"specversion": "1.0", "id": "log-1", "data": {"vm": "web"}}'),
  ('/tidemark/catalog', 'log-2', 'RestorePointSealed', '{"specversion": "1.0", "id": "log-2", "data": {"vm": "web"}}');
