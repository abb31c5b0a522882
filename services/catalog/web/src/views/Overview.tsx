import { get } from '../api/client';
import type { Overview as Data } from '../api/types';
import { bytes, plural, ratio } from '../lib/format';
import { to } from '../lib/router';
import { useLive, useLiveReload, useLoad, useTitle } from '../lib/use';
import { DaysChart } from '../ui/charts';
import { Ago, Alarm, Card, Empty, Load } from '../ui/parts';
import { useState } from 'preact/hooks';
import type { Job } from '../api/types';
import { JobLine, jobName } from './Jobs';

export function Overview() {
  useTitle('Overview');
  const { loaded, reload } = useLoad(() => get<Data>('/overview'), 'overview');
  const [fresh, setFresh] = useState<Record<string, Job>>({});
  useLive((message) => {
    if (message.kind === 'job') setFresh((jobs) => ({ ...jobs, [message.job.id]: message.job }));
  });
  useLiveReload((message) => message.kind === 'event' || (message.kind === 'job' && message.job.endedAt !== null), reload);
  return (
    <>
      <h1>Overview</h1>
      <Load loaded={loaded} retry={reload}>
        {(overview) => <Parts overview={overview} fresh={fresh} />}
      </Load>
    </>
  );
}

function Parts(props: { overview: Data; fresh: Record<string, Job> }) {
  const { protection, repository, days, failures } = props.overview;
  const running = props.overview.runningJobs.map((job) => props.fresh[job.id] ?? job).filter((job) => job.endedAt === null);
  const vms = protection.protected + protection.atRisk + protection.unprotected;
  return (
    <>
      {repository.state !== 'ok' && (
        <Alarm title={repository.state === 'alarm' ? 'The repository is not as it was left.' : "The repository can't be used."}>{repository.detail ?? repository.path}</Alarm>
      )}
      <div class="tiles">
        <Tile tone="good" count={protection.protected} label="protected" href={to(['vms'], { protection: 'protected' })} of={vms} />
        <Tile tone="warn" count={protection.atRisk} label="at risk" href={to(['vms'], { protection: 'at-risk' })} of={vms} />
        <Tile tone="bad" count={protection.unprotected} label="unprotected" href={to(['vms'], { protection: 'unprotected' })} of={vms} />
        <div class="tile">
          <p class="figure">{bytes(repository.storedBytes)}</p>
          <p>
            hold {plural(repository.points, 'restore point')} of {bytes(repository.logicalBytes)}
            {ratio(repository.logicalBytes, repository.storedBytes) && `: ${ratio(repository.logicalBytes, repository.storedBytes)} smaller`}
          </p>
        </div>
      </div>
      {vms === 0 && (
        <Empty title="No virtual machine has been seen yet.">
          <p>
            The inventory tells of them as soon as it reaches libvirt. See <a href={to(['settings'])}>Settings</a> for the hypervisors.
          </p>
        </Empty>
      )}
      <p class="quiet">
        {protection.newestPointAt ? (
          <>
            Newest restore point <Ago time={protection.newestPointAt} />; the VM that was backed up longest ago was{' '}
            {protection.oldestLastPointAt ? <Ago time={protection.oldestLastPointAt} /> : 'never'}. At risk after {protection.atRiskAfterHours} h.
          </>
        ) : (
          'There is no restore point yet.'
        )}
      </p>
      <Card title="Running jobs" aside={<a href={to(['jobs'])}>All jobs</a>}>
        {running.length === 0 ? <Empty title="Nothing is running." /> : <ul class="rows">{running.map((job) => <JobLine key={job.id} job={job} />)}</ul>}
      </Card>
      <div class="columns">
        <Card title="The last 30 days">
          <DaysChart days={days} />
        </Card>
        <Card title="Latest failures">
          {failures.length === 0 ? (
            <Empty title="None." />
          ) : (
            <ul class="rows">
              {failures.map((failure) => (
                <li key={failure.job}>
                  <p>
                    <a href={to(['jobs', failure.job])}>
                      {jobName(failure.type)} of <span class="name">{failure.vm}</span>
                    </a>{' '}
                    <span class="quiet">
                      <Ago time={failure.endedAt} />
                    </span>
                  </p>
                  <p>{failure.reason}</p>
                  <p class="remedy">{failure.remedy}</p>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
    </>
  );
}

function Tile(props: { tone: string; count: number; label: string; href: string; of: number }) {
  return (
    <a class={`tile ${props.count > 0 ? props.tone : ''}`} href={props.href}>
      <p class="figure">{props.count.toLocaleString()}</p>
      <p>
        {props.label} <span class="quiet">of {plural(props.of, 'VM')}</span>
      </p>
    </a>
  );
}
