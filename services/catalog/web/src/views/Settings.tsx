import { useState } from 'preact/hooks';
import { getVersioned, put } from '../api/client';
import type { AuditEntry, Settings as Data } from '../api/types';
import { dateTime, plural } from '../lib/format';
import { usePages } from '../lib/pages';
import { may, session } from '../lib/session';
import { chooseTheme, currentTheme, type Theme } from '../lib/theme';
import { useLoad, useTitle } from '../lib/use';
import { say } from '../ui/toasts';
import { Ago, Badge, Card, Empty, Facts, Field, Load } from '../ui/parts';
import { Password, Tokens, Users } from './People';
import { Webhooks } from './Webhooks';

export function Settings() {
  useTitle('Settings');
  const { loaded, reload } = useLoad(() => getVersioned<Data>('/settings'), 'settings');
  return (
    <>
      <h1>Settings</h1>
      <Load loaded={loaded} retry={reload}>
        {({ value, etag }) => (
          <>
            <div class="columns">
              <Suite settings={value} />
              <Protection settings={value} etag={etag} reload={reload} />
            </div>
            {value.access.auth && session().user && <Password />}
            {may('admin') && (
              <>
                {value.access.auth && <Users />}
                {value.access.auth && <Tokens />}
                <Webhooks />
                <Audit />
              </>
            )}
          </>
        )}
      </Load>
    </>
  );
}

function Suite({ settings }: { settings: Data }) {
  const [theme, setTheme] = useState<Theme>(currentTheme());
  return (
    <Card title="This Tidemark">
      <Facts
        facts={[
          ['Repository', <span class="path">{settings.repository.path}</span>],
          ['Its state', settings.repository.state === 'ok' ? <Badge tone="good">In order</Badge> : <Badge tone="bad">{settings.repository.detail ?? settings.repository.state}</Badge>],
          ['Restores write', settings.restoreRoots.length === 0 ? 'anywhere' : `below ${settings.restoreRoots.join(', ')}`],
          ['Who may come in', settings.access.auth ? `users and tokens${settings.access.tls ? ', over TLS' : ''}` : 'everybody on this host'],
        ]}
      />
      <h3>Hypervisors</h3>
      {settings.hypervisors.length === 0 ? (
        <Empty title="None has been heard of yet.">
          <p>Start `tidemark service inventory` where libvirt runs.</p>
        </Empty>
      ) : (
        <ul class="rows">
          {settings.hypervisors.map((hypervisor) => (
            <li key={hypervisor.name}>
              <span class="name">{hypervisor.name}</span>{' '}
              <span class="quiet">
                {plural(hypervisor.vms, 'VM')}, {hypervisor.lastSeenAt ? <>heard of <Ago time={hypervisor.lastSeenAt} /></> : 'not heard of'}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Field label="Colours">
        {(id) => (
          <select
            id={id}
            value={theme}
            onChange={(e) => {
              const chosen = e.currentTarget.value as Theme;
              setTheme(chosen);
              chooseTheme(chosen);
            }}
          >
            <option value="system">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        )}
      </Field>
    </Card>
  );
}

function Protection(props: { settings: Data; etag: string; reload: () => void }) {
  const [hours, setHours] = useState(String(props.settings.atRiskAfterHours));
  const save = async (value: number, etag: string, undo: boolean) => {
    try {
      await put('/settings', { atRiskAfterHours: value }, etag);
      const before = props.settings.atRiskAfterHours;
      setHours(String(value));
      props.reload();
      say(
        'good',
        undo ? 'The setting is as it was.' : 'The setting is saved.',
        undo ? undefined : () => void getVersioned<Data>('/settings').then((now) => save(before, now.etag, true)),
      );
    } catch (e) {
      say('bad', (e as Error).message);
    }
  };
  return (
    <Card title="Protection">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save(Number(hours), props.etag, false);
        }}
      >
        <Field label="A VM is at risk when its last point is older than this many hours" hint="1 to 8760.">
          {(id, describedBy) => (
            <input id={id} aria-describedby={describedBy} type="number" min={1} max={8760} required value={hours} onInput={(e) => setHours(e.currentTarget.value)} disabled={!may('admin')} />
          )}
        </Field>
        {may('admin') && (
          <div class="actions">
            <button type="submit">Save</button>
          </div>
        )}
      </form>
      <h3>Policies</h3>
      <p class="quiet">Schedules and retention are not there yet: start backups by the page, the command line, the API or an event.</p>
    </Card>
  );
}

function Audit() {
  const { loaded, more, reload } = usePages<AuditEntry>('/audit', 'entries', { limit: 20 });
  return (
    <Card title="Who changed what">
      <Load loaded={loaded} retry={reload}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty title="Nobody changed anything yet." />
          ) : (
            <>
              <div class="scroll" tabindex={0} role="region" aria-label="Audit log">
                <table class="stack">
                  <thead>
                    <tr>
                      <th scope="col">When</th>
                      <th scope="col">Who</th>
                      <th scope="col">What</th>
                      <th scope="col">Answer</th>
                    </tr>
                  </thead>
                  <tbody>
                    {entries.map((entry) => (
                      <tr key={entry.id}>
                        <td>{dateTime(entry.at)}</td>
                        <td class="name">
                          {entry.actor} <span class="quiet">{entry.address}</span>
                        </td>
                        <td>
                          {entry.operation} <span class="quiet path">{entry.path}</span>
                        </td>
                        <td>
                          {entry.status} {entry.detail && <span class="quiet">{entry.detail}</span>}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {more && (
                <button type="button" onClick={more}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Load>
    </Card>
  );
}

