update setting set at_risk_after_hours = 48, version = 2;
update point set verified_at = '2026-03-01T13:01:00Z' where id = '${first}';
update event_log set domain_uuid = '4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11', job_id = '${second}' where event_id = 'log-2';
