import { useState } from 'preact/hooks';
import { get, query, remove, start } from '../api/client';
import type { Job, Point, PointChanges, PointDisk, Vm as VmData } from '../api/types';
import { bytes, dateTime, duration, plural } from '../lib/format';
import { go, to, type Place } from '../lib/router';
import { useLiveReload, useLoad, useTitle } from '../lib/use';
import { usePages } from '../lib/pages';
import { may } from '../lib/session';
import { HeatStrip, TimeLine } from '../ui/charts';
import { Confirm } from '../ui/dialog';
import { say } from '../ui/toasts';
import { Ago, Badge, Card, DiskBadge, Empty, Facts, Load, PointBadge, ProtectionBadge } from '../ui/parts';
import { Convert } from './Convert';
import { shortType } from './Vms';

export function Vm(props: { id: string; place: Place }) {
  const { loaded, reload } = useLoad(() => get<VmData>(`/vms/${encodeURIComponent(props.id)}`), props.id);
  useTitle(loaded.state === 'ready' ? loaded.value.name : 'Virtual machine');
  useLiveReload((message) => message.kind === 'event' && /^(Domain|RestorePoint|Conversion)/.test(shortType(message.event.type)), reload, [props.id]);
  return (
    <Load loaded={loaded} retry={reload}>
      {(vm) => <Parts vm={vm} selected={props.place.parameters.get('point')} reload={reload} />}
    </Load>
  );
}

function Parts(props: { vm: VmData; selected: string | null; reload: () => void }) {
  const { vm } = props;
  const [converting, setConverting] = useState(false);
  const convertible = vm.disks.some((disk) => disk.protection === 'convertible');
  const backUp = async (kind: 'auto' | 'full') => {
    try {
      const job = await start<Job>('/backups', { vm: vm.uuid, kind });
      go(to(['jobs', job.id]));
    } catch (e) {
      say('bad', (e as Error).message);
    }
  };
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href={to(['vms'])}>Virtual machines</a>
      </nav>
      <div class="head">
        <h1 class="name">{vm.name}</h1>
        <p>
          <ProtectionBadge protection={vm.protection} /> <Badge tone="quiet">{vm.state}</Badge>{' '}
          <span class="quiet">
            on <span class="name">{vm.hypervisor}</span>
          </span>
        </p>
        {may('operator') && (
          <div class="actions">
            {convertible && (
              <button type="button" onClick={() => setConverting(true)}>
                Convert disks…
              </button>
            )}
            <button type="button" onClick={() => backUp('full')} title="Reads every byte again">
              Full backup
            </button>
            <button type="button" class="primary" onClick={() => backUp('auto')}>
              Back up now
            </button>
          </div>
        )}
      </div>
      <Card title="Disks">
        <ul class="rows">
          {vm.disks.map((disk) => (
            <li key={disk.target}>
              <p>
                <strong>{disk.target}</strong> <DiskBadge protection={disk.protection} /> <span class="quiet">{bytes(disk.sizeBytes)}, {disk.format}</span>
              </p>
              <p>{disk.reason}</p>
              <p class="quiet path">{disk.source}</p>
            </li>
          ))}
        </ul>
      </Card>
      <Chain vm={vm} convertible={convertible} selected={props.selected} reload={props.reload} />
      {converting && <Convert vm={vm} onClose={() => setConverting(false)} />}
    </>
  );
}

/** The restore points, the newest first to come; older ones when they are asked for. */
function Chain(props: { vm: VmData; convertible: boolean; selected: string | null; reload: () => void }) {
  const { vm, selected } = props;
  const { loaded, more, reload } = usePages<Point>('/points', 'points', { vm: vm.uuid, limit: 100 });
  useLiveReload((message) => message.kind === 'event' && /^RestorePoint/.test(shortType(message.event.type)), reload, [vm.uuid]);
  const count = loaded.state === 'ready' ? `${plural(loaded.value.length, 'point')}${more ? ', and older ones' : ''}` : '';
  const changed = () => {
    reload();
    props.reload();
  };
  return (
    <Card title="Restore points" aside={<span class="quiet">{count}</span>}>
      <Load loaded={loaded} retry={reload}>
        {(points) =>
          points.length === 0 ? (
            <Empty title="There is no restore point yet.">
              <p>{props.convertible ? 'Convert the disks first, then make the first backup.' : 'Make the first backup: everything is read once, later only what changed.'}</p>
            </Empty>
          ) : (
            <>
              <TimeLine points={points} older={more !== null} selected={selected ?? points[0]!.id} href={(one) => to(['vms', vm.uuid], { point: one.id })} />
              {more && (
                <button type="button" onClick={more}>
                  Show older points
                </button>
              )}
              <Chosen points={points} id={selected ?? points[0]!.id} reload={changed} />
            </>
          )
        }
      </Load>
    </Card>
  );
}

/** The point that was chosen; a link may name one that is older than those that are shown. */
function Chosen(props: { points: Point[]; id: string; reload: () => void }) {
  const among = props.points.find((point) => point.id === props.id);
  const { loaded, reload } = useLoad(() => (among ? Promise.resolve(among) : get<Point>(`/points/${encodeURIComponent(props.id)}`)), props.id);
  return among ? (
    <Details key={among.id} point={among} reload={props.reload} />
  ) : (
    <Load loaded={loaded} retry={reload}>
      {(point) => <Details key={point.id} point={point} reload={props.reload} />}
    </Load>
  );
}

function Details(props: { point: Point; reload: () => void }) {
  const { point } = props;
  const [forgetting, setForgetting] = useState(false);
  const verify = async () => {
    try {
      const job = await start<Job>('/verifications', { points: [point.id] });
      go(to(['jobs', job.id]));
    } catch (e) {
      say('bad', (e as Error).message);
    }
  };
  return (
    <article class="details" aria-label="The chosen restore point">
      <div class="head">
        <h3>
          {point.kind === 'full' ? 'Full' : 'Incremental'} of {dateTime(point.createdAt)}
        </h3>
        {may('operator') && (
          <div class="actions">
            <button type="button" class="quiet-danger" onClick={() => setForgetting(true)}>
              Forget…
            </button>
            <button type="button" onClick={verify}>
              Verify
            </button>
            <a class="button primary" href={to(['restore', point.id])}>
              Restore…
            </a>
          </div>
        )}
      </div>
      <Facts
        facts={[
          ['State', <PointBadge state={point.state} />],
          ['Id', <code>{point.id}</code>],
          ['Consistency', point.consistency === 'filesystem' ? 'file systems were frozen' : 'as after a power cut'],
          ['Compared with', point.parent ? <a href={to(['vms', point.vmUuid], { point: point.parent })}><code>{point.parent.slice(0, 8)}</code></a> : 'nothing'],
          ['Took', duration(point.durationMillis / 1000)],
          ['Verified', point.verifiedAt ? <Ago time={point.verifiedAt} /> : 'not yet'],
        ]}
      />
      {point.disks.map((disk) => (
        <DiskOfPoint key={disk.target} point={point} disk={disk} />
      ))}
      {forgetting && (
        <Confirm
          title="Forget this restore point?"
          action="Forget"
          onClose={() => setForgetting(false)}
          onConfirm={async () => {
            await remove(`/points/${encodeURIComponent(point.id)}`);
            say('good', 'The restore point is forgotten.');
            go(to(['vms', point.vmUuid]));
            props.reload();
          }}
        >
          <p>
            {point.kind === 'full' ? 'The full' : 'The incremental'} of {dateTime(point.createdAt)} can't be restored any more. The other points stay whole. This can't be undone.
          </p>
        </Confirm>
      )}
    </article>
  );
}

function DiskOfPoint(props: { point: Point; disk: PointDisk }) {
  const { point, disk } = props;
  const { loaded, reload } = useLoad(
    () => get<PointChanges>(query(`/points/${encodeURIComponent(point.id)}/changes`, { target: disk.target, buckets: 256 })),
    `${point.id}/${disk.target}`,
  );
  return (
    <section class="disk">
      <h4>
        {disk.target} <span class="quiet">{bytes(disk.sizeBytes)}</span>
      </h4>
      <Load loaded={loaded} retry={reload}>
        {(changes) => <HeatStrip changes={changes} />}
      </Load>
      <p class="quiet">
        {disk.mode === 'full' ? 'Read whole' : 'Changed blocks read'}: {bytes(disk.readBytes)}; {bytes(disk.changedBytes)} differed, {bytes(disk.storedBytes)} stored.
        {disk.reason && ` ${disk.reason}`}
      </p>
    </section>
  );
}
