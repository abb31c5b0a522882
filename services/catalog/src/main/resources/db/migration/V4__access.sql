-- Who may do what, and who did what.

create table account (
  name          text primary key,
  role          text not null check (role in ('viewer', 'operator', 'admin')),
  -- Argon2id with its parameters and salt, as a PHC string.
  password      text not null,
  version       bigint not null default 1,
  created_at    timestamptz not null default clock_timestamp(),
  last_login_at timestamptz
);

create table api_token (
  id           text primary key,
  name         text not null,
  role         text not null check (role in ('viewer', 'operator', 'admin')),
  -- SHA-256 of a random secret of 256 bits, which is kept nowhere.
  secret       bytea not null,
  created_at   timestamptz not null default clock_timestamp(),
  created_by   text not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz
);
create index api_token_listed on api_token (created_at desc, id desc);

create table session (
  -- SHA-256 of what is in the cookie.
  id         bytea primary key,
  -- The one before, which is taken for a while after it was replaced: requests may be under way with it.
  former_id  bytea,
  account    text not null references account on delete cascade,
  csrf       text not null,
  created_at timestamptz not null default clock_timestamp(),
  rotated_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
create index session_by_former on session (former_id);
create index session_by_account on session (account);
create index session_by_expiry on session (expires_at);

-- Log-ins that have not succeeded, by whom they count against.
create table login_attempt (
  against text not null,
  at      timestamptz not null default clock_timestamp()
);
create index login_attempt_against on login_attempt (against, at);

create table audit (
  id        bigint generated always as identity primary key,
  at        timestamptz not null default clock_timestamp(),
  actor     text not null,
  role      text,
  address   text not null,
  operation text not null,
  path      text not null,
  status    int not null,
  detail    text
);
create index audit_by_actor on audit (actor, id desc);
create index audit_by_age on audit (at);

-- Answers to requests that may be sent again.
create table idempotency (
  key        text not null,
  actor      text not null,
  operation  text not null,
  request    bytea not null,
  status     int,
  headers    jsonb,
  body       text,
  created_at timestamptz not null default clock_timestamp(),
  primary key (actor, key)
);
create index idempotency_by_age on idempotency (created_at);
