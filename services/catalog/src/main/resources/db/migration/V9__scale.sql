-- For 10,000 VMs with 1,000 restore points each.

-- A VM has a few full points and a few failed jobs: they are found without reading the others.
create index point_full_of_domain on point (domain_uuid, created_at desc, id desc) where kind = 'full' and state in ('sealed', 'damaged');
create index job_failed_of_domain on job (domain_uuid, created_at desc, id desc) where state = 'failed';

-- What is counted of all domains, without their disks.
create index domain_counted on domain (hypervisor, gone)
  include (last_point_id, last_point_state, last_point_at, disks_protected, seen_at);
