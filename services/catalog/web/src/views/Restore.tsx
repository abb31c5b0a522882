import { useState } from 'preact/hooks';
import { get, post, query, start } from '../api/client';
import type { Job, Point, RestoreCheck, RestoreRequest, Settings } from '../api/types';
import { bytes, dateTime } from '../lib/format';
import { go, to } from '../lib/router';
import { useLoad, useTitle } from '../lib/use';
import { TimeLine } from '../ui/charts';
import { Confirm } from '../ui/dialog';
import { Alarm, Badge, Card, Field, Load } from '../ui/parts';

interface Context {
  point: Point;
  points: Point[];
  roots: string[];
}

/** Pick a point, say what goes where, see what would be overwritten, restore. */
export function Restore(props: { id: string }) {
  const { loaded, reload } = useLoad(() => context(props.id), props.id);
  useTitle(loaded.state === 'ready' ? `Restore ${loaded.value.point.vm}` : 'Restore');
  return (
    <Load loaded={loaded} retry={reload}>
      {(found) => <Form key={found.point.id} {...found} />}
    </Load>
  );
}

async function context(id: string): Promise<Context> {
  const point = await get<Point>(`/points/${encodeURIComponent(id)}`);
  const [page, settings] = await Promise.all([get<{ points: Point[] }>(query('/points', { vm: point.vmUuid, limit: 200 })), get<Settings>('/settings')]);
  return { point, points: page.points, roots: settings.restoreRoots };
}

function Form({ point, points, roots }: Context) {
  const [chosen, setChosen] = useState<string[]>(point.disks.map((disk) => disk.target));
  const [kind, setKind] = useState<'directory' | 'paths'>('directory');
  const [directory, setDirectory] = useState(roots[0] ?? '');
  const [paths, setPaths] = useState<Record<string, string>>({});
  const [check, setCheck] = useState<RestoreCheck | null>(null);
  const [failure, setFailure] = useState('');
  const [confirming, setConfirming] = useState(false);
  const all = chosen.length === point.disks.length;

  const request = (overwrite: boolean): RestoreRequest => {
    if (kind === 'directory' && all) return { point: point.id, directory: directory.trim(), overwrite };
    const places = kind === 'paths' ? paths : Object.fromEntries(chosen.map((target) => [target, `${directory.trim().replace(/\/+$/, '')}/${fileName(point.vm, target)}`]));
    return { point: point.id, disks: Object.fromEntries(chosen.map((target) => [target, (places[target] ?? '').trim()])), overwrite };
  };
  const changed = (change: () => void) => {
    change();
    setCheck(null);
    setFailure('');
  };
  const look = async (event: Event) => {
    event.preventDefault();
    setFailure('');
    try {
      setCheck(await post<RestoreCheck>('/restores/check', request(true)));
    } catch (e) {
      setFailure((e as Error).message);
    }
  };
  const restore = async () => {
    const overwrites = check?.targets.some((target) => target.action === 'overwrite') ?? false;
    const job = await start<Job>('/restores', request(overwrites));
    go(to(['jobs', job.id]));
  };
  const complete = chosen.length > 0 && (kind === 'directory' ? directory.trim() !== '' : chosen.every((target) => (paths[target] ?? '').trim() !== ''));

  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href={to(['vms', point.vmUuid], { point: point.id })}>{point.vm}</a>
      </nav>
      <h1>
        Restore <span class="name">{point.vm}</span>
      </h1>
      <Card title="1. When">
        <TimeLine points={points} selected={point.id} href={(one) => to(['restore', one.id])} />
        <p>
          {point.kind === 'full' ? 'Full' : 'Incremental'} of <strong>{dateTime(point.createdAt)}</strong>.{' '}
          {point.state === 'damaged' && <Badge tone="bad">Damaged</Badge>}
        </p>
        {point.state === 'damaged' && <Alarm tone="warn">Parts of this point are damaged: it can't be restored. Choose another point, or verify this one again if the repository was mended.</Alarm>}
      </Card>
      <form onSubmit={look} class="stack">
        <Card title="2. What">
          <fieldset>
            <legend class="visually-hidden">Disks</legend>
            {point.disks.map((disk) => (
              <label key={disk.target} class="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(disk.target)}
                  onChange={(e) => {
                    const on = e.currentTarget.checked;
                    changed(() => setChosen(point.disks.map((d) => d.target).filter((target) => (target === disk.target ? on : chosen.includes(target)))));
                  }}
                />{' '}
                {disk.target} <span class="quiet">{bytes(disk.sizeBytes)}</span>
              </label>
            ))}
          </fieldset>
        </Card>
        <Card title="3. Where to">
          <fieldset>
            <legend class="visually-hidden">Kind of target</legend>
            <label class="check">
              <input type="radio" name="kind" checked={kind === 'directory'} onChange={() => changed(() => setKind('directory'))} /> New files in a directory
            </label>
            <label class="check">
              <input type="radio" name="kind" checked={kind === 'paths'} onChange={() => changed(() => setKind('paths'))} /> Files or block devices that I name
            </label>
          </fieldset>
          {kind === 'directory' ? (
            <Field label="Directory on the hypervisor's host" hint={roots.length > 0 ? `Restores may write below ${roots.join(', ')}.` : 'An absolute path; it is made if it is missing.'}>
              {(id, describedBy) => (
                <input id={id} aria-describedby={describedBy} value={directory} onInput={(e) => { const text = e.currentTarget.value; changed(() => setDirectory(text)); }} placeholder="/var/tmp/restored" spellcheck={false} />
              )}
            </Field>
          ) : (
            chosen.map((target) => (
              <Field key={target} label={`${target} goes to`} hint="An absolute path of a file or block device.">
                {(id, describedBy) => (
                  <input
                    id={id}
                    aria-describedby={describedBy}
                    value={paths[target] ?? ''}
                    onInput={(e) => { const text = e.currentTarget.value; changed(() => setPaths({ ...paths, [target]: text })); }}
                    placeholder="/dev/vg0/restored"
                    spellcheck={false}
                  />
                )}
              </Field>
            ))
          )}
          {failure && <Alarm>{failure}</Alarm>}
          <div class="actions">
            <button type="submit" disabled={!complete}>
              Show what would be written
            </button>
          </div>
        </Card>
      </form>
      {check && <Preview check={check} failure={failure} onRestore={async () => {
        if (check.targets.some((target) => target.action === 'overwrite')) setConfirming(true);
        else await restore().catch((e: Error) => setFailure(e.message));
      }} />}
      {confirming && check && (
        <Confirm title="Overwrite what is there?" action="Overwrite and restore" word={check.confirm} onConfirm={restore} onClose={() => setConfirming(false)}>
          <p>Everything in these is lost for good:</p>
          <ul>
            {check.targets
              .filter((target) => target.action === 'overwrite')
              .map((target) => (
                <li key={target.path} class="path">
                  {target.path} {target.existingBytes !== null && <span class="quiet">({bytes(target.existingBytes)})</span>}
                </li>
              ))}
          </ul>
        </Confirm>
      )}
    </>
  );
}

/** As the service names new files. */
function fileName(vm: string, target: string): string {
  return `${vm.replace(/[^A-Za-z0-9._-]/g, '_')}-${target}.raw`;
}

const ACTIONS = { create: ['good', 'New'], overwrite: ['warn', 'Overwritten'], refuse: ['bad', 'Refused'] } as const;

function Preview(props: { check: RestoreCheck; failure: string; onRestore: () => void }) {
  const { check } = props;
  return (
    <Card title="4. What would be written">
      <ul class="rows">
        {check.targets.map((target) => (
          <li key={target.path}>
            <p>
              <strong>{target.target}</strong> <Badge tone={ACTIONS[target.action][0]}>{ACTIONS[target.action][1]}</Badge> <span class="quiet">{bytes(target.sizeBytes)}</span>
            </p>
            <p class="path">{target.path}</p>
            {target.reason && <p>{target.reason}</p>}
          </li>
        ))}
      </ul>
      {props.failure && <Alarm>{props.failure}</Alarm>}
      <div class="actions">
        <button type="button" class="primary" disabled={!check.allowed} onClick={props.onRestore}>
          Restore {bytes(check.totalBytes)}
        </button>
      </div>
    </Card>
  );
}
