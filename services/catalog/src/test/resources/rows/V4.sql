insert into account (name, role, password, last_login_at) values
  ('alice', 'admin', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g', '2026-03-01T10:00:00Z');
insert into api_token (id, name, role, secret, created_by, expires_at) values
  ('token-1', 'nightly', 'operator', '\x00ff', 'alice', '2099-01-01T00:00:00Z');
insert into session (id, account, csrf, expires_at) values ('\x01', 'alice', 'csrf', '2099-01-01T00:00:00Z');
insert into login_attempt (against) values ('account alice');
insert into audit (actor, role, address, operation, path, status, detail) values
  ('alice', 'admin', '192.0.2.1', 'startBackup', '/api/v1/backups', 202, null);
insert into idempotency (key, actor, operation, request, status, headers, body) values
  ('key-1', 'alice', 'startBackup', '\x02', 202, '{}', '{"id": "${second}"}');
