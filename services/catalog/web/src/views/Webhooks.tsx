import { useState } from 'preact/hooks';
import { getVersioned, post, put, query, remove } from '../api/client';
import type { Delivery, Webhook } from '../api/types';
import { dateTime } from '../lib/format';
import { usePages } from '../lib/pages';
import { Confirm, Dialog } from '../ui/dialog';
import { say } from '../ui/toasts';
import { Alarm, Badge, Card, Empty, Field, Load } from '../ui/parts';
import { Secret } from './People';

export function Webhooks() {
  const { loaded, reload } = usePages<Webhook>('/webhooks', 'webhooks', { limit: 200 });
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState('');
  const [removing, setRemoving] = useState<Webhook | null>(null);
  const [dead, setDead] = useState<Webhook | null>(null);
  const toggle = async (webhook: Webhook) => {
    try {
      const path = `/webhooks/${encodeURIComponent(webhook.id)}`;
      const { etag } = await getVersioned<Webhook>(path);
      await put(path, { url: webhook.url, events: webhook.events, active: !webhook.active }, etag);
    } catch (e) {
      say('bad', (e as Error).message);
    }
    reload();
  };
  return (
    <Card
      title="Webhooks"
      aside={
        <button type="button" onClick={() => setAdding(true)}>
          Add…
        </button>
      }
    >
      <Load loaded={loaded} retry={reload}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <Empty title="There is none.">
              <p>A webhook posts events, signed, to a URL of yours.</p>
            </Empty>
          ) : (
            <ul class="rows">
              {webhooks.map((webhook) => (
                <li key={webhook.id}>
                  <p>
                    <span class="path">{webhook.url}</span> {webhook.active ? <Badge tone="good">Active</Badge> : <Badge tone="quiet">Paused</Badge>}{' '}
                    {webhook.dead > 0 && <Badge tone="bad">{webhook.dead} given up</Badge>}
                  </p>
                  <p class="quiet">
                    {webhook.events.length === 0 ? 'All events' : webhook.events.join(', ')}; {webhook.pending} waiting
                  </p>
                  <div class="actions">
                    <button type="button" onClick={() => setDead(webhook)}>
                      Deliveries
                    </button>
                    <button type="button" onClick={() => void toggle(webhook)}>
                      {webhook.active ? 'Pause' : 'Resume'}
                    </button>
                    <button type="button" class="quiet-danger" onClick={() => setRemoving(webhook)}>
                      Remove…
                    </button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
      {adding && (
        <Add
          onClose={() => setAdding(false)}
          onAdded={(made) => {
            setSecret(made);
            reload();
          }}
        />
      )}
      {secret && <Secret title="The secret of the signatures" secret={secret} onClose={() => setSecret('')} />}
      {dead && <Deliveries webhook={dead} onClose={() => setDead(null)} />}
      {removing && (
        <Confirm
          title="Remove this webhook?"
          action="Remove"
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await remove(`/webhooks/${encodeURIComponent(removing.id)}`);
            reload();
          }}
        >
          <p class="path">{removing.url}</p>
          <p>What waits for delivery is dropped.</p>
        </Confirm>
      )}
    </Card>
  );
}

function Add(props: { onClose: () => void; onAdded: (secret: string) => void }) {
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState('RestorePointSealed, BackupFailed, RestoreFailed');
  const [failure, setFailure] = useState('');
  const add = async (event: Event) => {
    event.preventDefault();
    try {
      const made = await post<{ secret: string }>('/webhooks', { url, events: events.split(/[\s,]+/).filter(Boolean), active: true });
      props.onClose();
      props.onAdded(made.secret);
    } catch (e) {
      setFailure((e as Error).message);
    }
  };
  return (
    <Dialog title="Add a webhook" onClose={props.onClose}>
      <form onSubmit={add} class="stack">
        <Field label="URL">{(id) => <input id={id} type="url" value={url} onInput={(e) => setUrl(e.currentTarget.value)} required placeholder="https://" />}</Field>
        <Field label="Events" hint="Their types, with commas between them; none for all.">
          {(id, describedBy) => <input id={id} aria-describedby={describedBy} value={events} onInput={(e) => setEvents(e.currentTarget.value)} />}
        </Field>
        {failure && <Alarm>{failure}</Alarm>}
        <div class="actions">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const TONES = { pending: 'info', delivered: 'good', dead: 'bad' } as const;

function Deliveries(props: { webhook: Webhook; onClose: () => void }) {
  const path = `/webhooks/${encodeURIComponent(props.webhook.id)}/deliveries`;
  const { loaded, more, reload } = usePages<Delivery>(path, 'deliveries', { limit: 50 });
  const again = async (delivery: Delivery) => {
    try {
      await post(query(`${path}/${encodeURIComponent(delivery.id)}/redeliver`, {}), {});
    } catch (e) {
      say('bad', (e as Error).message);
    }
    reload();
  };
  return (
    <Dialog title="Deliveries" onClose={props.onClose} wide>
      <Load loaded={loaded} retry={reload}>
        {(deliveries) =>
          deliveries.length === 0 ? (
            <Empty title="Nothing was to be delivered yet." />
          ) : (
            <>
              <ul class="rows">
                {deliveries.map((delivery) => (
                  <li key={delivery.id}>
                    <p>
                      {delivery.type} <Badge tone={TONES[delivery.state]}>{delivery.state === 'dead' ? 'Given up' : delivery.state}</Badge>{' '}
                      <span class="quiet">{dateTime(delivery.createdAt)}, {delivery.attempts} attempts</span>
                    </p>
                    {delivery.lastError && <p>{delivery.lastError}</p>}
                    {delivery.state === 'dead' && (
                      <button type="button" onClick={() => void again(delivery)}>
                        Deliver again
                      </button>
                    )}
                  </li>
                ))}
              </ul>
              {more && (
                <button type="button" onClick={more}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Load>
    </Dialog>
  );
}
