import { useState } from 'preact/hooks';
import type { JournalEvent } from '../api/types';
import { dateTime } from '../lib/format';
import { usePages } from '../lib/pages';
import { go, to, type Place } from '../lib/router';
import { useLive, useTitle } from '../lib/use';
import { TYPES } from '../api/live';
import { Dialog } from '../ui/dialog';
import { Card, Empty, Load } from '../ui/parts';
import { shortType } from './Vms';

const MOST = 500;

/** What happens, newest first; new events come in at the top unless somebody holds them. */
export function Events(props: { place: Place }) {
  useTitle('Events');
  const type = props.place.parameters.get('type') ?? '';
  const job = props.place.parameters.get('job') ?? '';
  const vm = props.place.parameters.get('vm') ?? '';
  const { loaded, more, reload } = usePages<JournalEvent>('/events/log', 'events', { type, job, vm, limit: 100 });
  const [fresh, setFresh] = useState<JournalEvent[]>([]);
  const [held, setHeld] = useState(false);
  const [raw, setRaw] = useState<JournalEvent | null>(null);
  useLive(
    (message) => {
      if (message.kind === 'gap') reload();
      if (message.kind !== 'event' || vm !== '') {
        if (message.kind === 'event') reload();
        return;
      }
      const event: JournalEvent = { id: message.id, type: shortType(message.event.type), vm: null, job: jobOf(message.event.data), recordedAt: message.event.time, event: message.event };
      if ((type === '' || event.type === type) && (job === '' || event.job === job)) setFresh((events) => [event, ...events].slice(0, MOST));
    },
    [type, job, vm],
  );
  const shown = (events: JournalEvent[]) => {
    const ids = new Set(events.map((event) => event.id));
    return held ? events : [...fresh.filter((event) => !ids.has(event.id)), ...events];
  };
  const filter = (change: Record<string, string>) => {
    setFresh([]);
    go(to(['events'], { type, job, vm, ...change }));
  };
  return (
    <>
      <h1>Events</h1>
      <div class="filters">
        <label>
          Type{' '}
          <select value={type} onChange={(e) => filter({ type: e.currentTarget.value })}>
            <option value="">all</option>
            {TYPES.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" checked={held} onChange={(e) => setHeld(e.currentTarget.checked)} /> Hold
        </label>
        {(job || vm) && (
          <button type="button" onClick={() => filter({ job: '', vm: '' })}>
            {job ? 'Of one job' : 'Of one VM'} ✕
          </button>
        )}
      </div>
      <Load loaded={loaded} retry={reload}>
        {(events) =>
          shown(events).length === 0 ? (
            <Empty title="Nothing yet.">
              <p>Events show up here as they happen.</p>
            </Empty>
          ) : (
            <Card>
              <ul class="rows events">
                {shown(events).map((event) => (
                  <li key={event.id}>
                    <button type="button" class="link" onClick={() => setRaw(event)}>
                      {event.type}
                    </button>
                    <span class="name">{subject(event)}</span>
                    <time class="quiet" dateTime={event.event.time}>
                      {dateTime(event.event.time)}
                    </time>
                  </li>
                ))}
              </ul>
              {more && (
                <button type="button" onClick={more}>
                  Show more
                </button>
              )}
            </Card>
          )
        }
      </Load>
      {raw && (
        <Dialog title={raw.type} onClose={() => setRaw(null)} wide>
          <pre tabindex={0}>{JSON.stringify(raw.event, null, 2)}</pre>
          <div class="actions">
            {raw.job && (
              <a class="button" href={to(['jobs', raw.job])}>
                Its job
              </a>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}

function jobOf(data: Record<string, unknown>): string | null {
  for (const name of ['backupId', 'restoreId', 'conversionId', 'verificationId', 'jobId']) {
    if (typeof data[name] === 'string') return data[name];
  }
  return null;
}

function subject(event: JournalEvent): string {
  const data = event.event.data;
  for (const name of ['domainName', 'domain', 'name', 'target']) {
    if (typeof data[name] === 'string') return data[name];
  }
  return '';
}
