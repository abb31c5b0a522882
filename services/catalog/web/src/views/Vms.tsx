import { useState } from 'preact/hooks';
import type { Protection, Vm } from '../api/types';
import { bytes } from '../lib/format';
import { usePages } from '../lib/pages';
import { go, to, type Place } from '../lib/router';
import { useLiveReload, useTitle } from '../lib/use';
import { Ago, Empty, Load, ProtectionBadge } from '../ui/parts';

const FILTERS: [Protection | '', string][] = [
  ['', 'All'],
  ['protected', 'Protected'],
  ['at-risk', 'At risk'],
  ['unprotected', 'Unprotected'],
];

export function Vms(props: { place: Place }) {
  useTitle('Virtual machines');
  const protection = props.place.parameters.get('protection') ?? '';
  const search = props.place.parameters.get('q') ?? '';
  const { loaded, more, reload } = usePages<Vm>('/vms', 'vms', { protection, q: search, limit: 100 });
  useLiveReload((message) => message.kind === 'event' && /^(Domain|RestorePoint)/.test(shortType(message.event.type)), reload, [protection, search]);
  return (
    <>
      <h1>Virtual machines</h1>
      <div class="filters">
        <nav class="segments" aria-label="Protection">
          {FILTERS.map(([value, text]) => (
            <a key={value} href={to(['vms'], { protection: value, q: search })} aria-current={value === protection ? 'true' : undefined}>
              {text}
            </a>
          ))}
        </nav>
        <Search search={search} protection={protection} />
      </div>
      <Load loaded={loaded} retry={reload}>
        {(vms) =>
          vms.length === 0 ? (
            <Empty title={search || protection ? 'No VM is like that.' : 'No virtual machine has been seen yet.'}>
              {(search || protection) && <a href={to(['vms'])}>Show all</a>}
            </Empty>
          ) : (
            <>
              <ul class="cards">
                {vms.map((vm) => (
                  <VmCard key={vm.uuid} vm={vm} />
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
    </>
  );
}

/** The last word of a CloudEvent's type: BackupFailed of io.tidemark.BackupFailed.v1. */
export function shortType(type: string): string {
  return type.replace(/^io\.tidemark\./, '').replace(/\.v\d+$/, '');
}

function Search(props: { search: string; protection: string }) {
  const [text, setText] = useState(props.search);
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(to(['vms'], { protection: props.protection, q: text.trim() }));
      }}
    >
      <input type="search" aria-label="Name contains" placeholder="Name contains…" value={text} onInput={(e) => setText(e.currentTarget.value)} maxLength={255} />
      <button type="submit">Find</button>
    </form>
  );
}

function VmCard({ vm }: { vm: Vm }) {
  const total = vm.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
  return (
    <li class="card">
      <a class="cover" href={to(['vms', vm.uuid])}>
        <h2 class="name">{vm.name}</h2>
      </a>
      <p>
        <ProtectionBadge protection={vm.protection} /> <span class="quiet">{vm.state}</span>
      </p>
      <p class="quiet">
        {vm.disks.length} {vm.disks.length === 1 ? 'disk' : 'disks'}, {bytes(total)} on <span class="name">{vm.hypervisor}</span>
      </p>
      <p class="quiet">{vm.lastPoint ? <>Last point <Ago time={vm.lastPoint.createdAt} />, {vm.lastPoint.kind}</> : 'No restore point'}</p>
    </li>
  );
}
