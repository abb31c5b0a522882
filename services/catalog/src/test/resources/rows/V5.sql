insert into webhook (id, url, events, active, secret, version) values
  ('hook-1', 'https://hooks.example.org/tidemark', '{BackupFailed}', false, 'whsec_old', 3);
insert into webhook_delivery (webhook_id, event_id, type, body, state, attempts, last_status, last_error, next_attempt_at) values
  ('hook-1', 'log-9', 'BackupFailed', '{}', 'dead', 8, 500, 'The answer was 500.', null);
