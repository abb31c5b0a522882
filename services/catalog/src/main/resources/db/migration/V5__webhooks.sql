-- Events for those who don't speak Kafka: who wants which, and the queue of what is to be delivered.

create table webhook (
  id         text primary key,
  url        text not null,
  -- None for all.
  events     text[] not null,
  active     boolean not null,
  -- Signs what is delivered, so it can't be a digest.
  secret     text not null,
  version    bigint not null default 1,
  created_at timestamptz not null default clock_timestamp()
);
create index webhook_listed on webhook (created_at desc, id desc);

create table webhook_delivery (
  id              bigint generated always as identity primary key,
  webhook_id      text not null references webhook on delete cascade,
  event_id        text not null,
  type            text not null,
  body            text not null,
  state           text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts        int not null default 0,
  last_status     int,
  last_error      text,
  created_at      timestamptz not null default clock_timestamp(),
  -- Also the lease of an attempt that is being made.
  next_attempt_at timestamptz default clock_timestamp(),
  delivered_at    timestamptz,
  check ((state = 'pending') = (next_attempt_at is not null))
);
create index webhook_delivery_due on webhook_delivery (next_attempt_at) where state = 'pending';
create index webhook_delivery_listed on webhook_delivery (webhook_id, id desc);
create index webhook_delivery_by_state on webhook_delivery (webhook_id, state, id desc);
create index webhook_delivery_by_age on webhook_delivery (created_at) where state <> 'pending';

-- In the transaction that journals the event: none is missed, none is queued twice.
create function queue_deliveries() returns trigger language plpgsql as $$
begin
  insert into webhook_delivery (webhook_id, event_id, type, body)
    select id, new.event_id, new.type, new.event from webhook
    where active and (events = '{}' or new.type = any(events));
  return null;
end $$;
create trigger queue_deliveries after insert on event_log for each row execute function queue_deliveries();
