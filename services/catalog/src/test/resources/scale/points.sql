-- A catalog of ${vms} VMs with ${points} restore points each. Every id follows from its numbers: that of point n of VM d is md5('d-n').
create temp table definition as
  select '<domain type=''kvm''><name>vm</name><uuid>4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11</uuid>'
    || repeat('<disk type=''block'' device=''disk''><driver name=''qemu'' type=''qcow2'' cache=''none''/><source dev=''/dev/vg0/data''/></disk>', 30)
    || '</domain>' as xml;

insert into domain (uuid, hypervisor, name, state, gone, disks, seen_at)
  select md5('vm-' || d)::uuid::text, 'kvm' || d % 40,
    (array['web', 'db', 'mail', 'build', 'cache'])[1 + d % 5] || '-' || lpad(d::text, 5, '0'),
    case when d % 4 = 0 then 'shut-off' else 'running' end, d % 97 = 0,
    jsonb_build_array(jsonb_build_object('target', 'vda', 'source', '/dev/vg0/vm' || d, 'format', 'raw', 'sizeBytes', 42949672960,
      'protection', case when d % 20 = 0 then 'convertible' else 'protected' end,
      'reason', case when d % 20 = 0 then 'there is no metadata image yet' else 'a metadata image keeps its bitmaps' end,
      'metadataImage', case when d % 20 = 0 then null else '/var/lib/libvirt/tidemark/metadata/vm' || d || '.qcow2' end)),
    now() - interval '1 minute'
  from generate_series(1, ${vms}) d;

insert into point (id, domain_uuid, vm, hypervisor, parent, kind, state, consistency, checkpoint, domain_xml, created_at, sealed_at,
  verified_at)
  select md5(d || '-' || n)::uuid::text, md5('vm-' || d)::uuid::text,
    (array['web', 'db', 'mail', 'build', 'cache'])[1 + d % 5] || '-' || lpad(d::text, 5, '0'), 'kvm' || d % 40,
    case when n = 1 then null else md5(d || '-' || n - 1)::uuid::text end,
    case when n % 100 = 1 then 'full' else 'incremental' end,
    case when (d * 7 + n) % 9973 = 0 then 'damaged' when n <= ${points} / 50 then 'forgotten' else 'sealed' end,
    case when n % 3 = 0 then 'crash' else 'filesystem' end, 'tidemark-' || left(md5(d || '-' || n), 8), xml, at,
    at + interval '7 minutes', case when n % 50 = 0 then at + interval '1 day' end
  from definition, generate_series(1, ${points}) n, lateral generate_series(1, ${vms} + 0 * n) d,
    lateral (select now() - (${points} - n) * interval '8 hours' - d * interval '2.5 seconds' as at) instant;

insert into point_disk (point_id, target, position, size_bytes, root, checkpointed, mode, reason, source, format, read_bytes,
  changed_bytes, zero_bytes, stored_bytes)
  select md5(d || '-' || n)::uuid::text, 'vda', 0, 42949672960, repeat(md5(n || '-' || d), 2) || ':' || md5(d || '-' || n) || ':17', true,
    case when n % 100 = 1 then 'full' else 'incremental' end, case when n % 100 = 1 then 'a full backup was asked for' end,
    '/dev/vg0/vm' || d, 'raw', 1073741824 + n * 65536, 268435456 + d * 65536, 65536 * (n % 50), 134217728 + (n * d % 1000) * 4096
  from generate_series(1, ${points}) n, lateral generate_series(1, ${vms} + 0 * n) d;

