import { useState } from 'preact/hooks';
import { get } from '../api/client';
import type { Job as JobData, JobState, JobType } from '../api/types';
import { bytes, dateTime, duration, percent, rate } from '../lib/format';
import { usePages } from '../lib/pages';
import { to, type Place } from '../lib/router';
import { useLive, useLiveReload, useLoad, useTitle } from '../lib/use';
import { Ago, Alarm, Bar, Card, Empty, Facts, JobBadge, Load } from '../ui/parts';
import { Diff } from './Convert';

const NAMES: Record<JobType, string> = { backup: 'Backup', restore: 'Restore', conversion: 'Conversion', verification: 'Verification' };

export function jobName(type: JobType): string {
  return NAMES[type];
}

const STATES: [JobState | '', string][] = [
  ['', 'All'],
  ['running', 'Running'],
  ['queued', 'Queued'],
  ['succeeded', 'Succeeded'],
  ['failed', 'Failed'],
];

export function Jobs(props: { place: Place }) {
  useTitle('Jobs');
  const state = props.place.parameters.get('state') ?? '';
  const type = props.place.parameters.get('type') ?? '';
  const { loaded, more, reload } = usePages<JobData>('/jobs', 'jobs', { state, type, limit: 50 });
  const [fresh, setFresh] = useState<Record<string, JobData>>({});
  useLive((message) => {
    if (message.kind === 'job') setFresh((jobs) => ({ ...jobs, [message.job.id]: message.job }));
  });
  const known = loaded.state === 'ready' ? loaded.value : [];
  useLiveReload(
    (message) => message.kind === 'job' && (message.job.endedAt !== null || !known.some((job) => job.id === message.job.id)),
    reload,
    [state, type, known],
  );
  return (
    <>
      <h1>Jobs</h1>
      <div class="filters">
        <nav class="segments" aria-label="State">
          {STATES.map(([value, text]) => (
            <a key={value} href={to(['jobs'], { state: value, type })} aria-current={value === state ? 'true' : undefined}>
              {text}
            </a>
          ))}
        </nav>
        <nav class="segments" aria-label="Type">
          {[['', 'Every type'] as const, ...Object.entries(NAMES)].map(([value, text]) => (
            <a key={value} href={to(['jobs'], { state, type: value })} aria-current={value === type ? 'true' : undefined}>
              {text}
            </a>
          ))}
        </nav>
      </div>
      <Load loaded={loaded} retry={reload}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Empty title="There is no such job." />
          ) : (
            <Card>
              <ul class="rows">
                {jobs.map((job) => (
                  <JobLine key={job.id} job={fresh[job.id] ?? job} />
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
    </>
  );
}

export function JobLine({ job }: { job: JobData }) {
  return (
    <li class="job">
      <p>
        <a href={to(['jobs', job.id])}>
          {NAMES[job.type]} of <span class="name">{job.vm || 'the repository'}</span>
        </a>{' '}
        <JobBadge state={job.state} /> <span class="quiet"><Ago time={job.createdAt} /></span>
      </p>
      {job.endedAt === null && <Progress job={job} />}
      {job.reason && <p>{job.reason}</p>}
    </li>
  );
}

export function Progress({ job }: { job: JobData }) {
  const { doneBytes, totalBytes, bytesPerSecond, secondsLeft } = job.progress;
  return (
    <div class="progress">
      <Bar label={`${NAMES[job.type]} of ${job.vm}`} percent={percent(doneBytes, totalBytes)} />
      <p class="quiet">
        {totalBytes > 0 ? `${bytes(doneBytes)} of ${bytes(totalBytes)}, ${rate(bytesPerSecond)}` : job.stage}
        {secondsLeft !== null && totalBytes > 0 && `, ${duration(secondsLeft)} left`}
      </p>
    </div>
  );
}

export function Job(props: { id: string }) {
  const { loaded, reload } = useLoad(() => get<JobData>(`/jobs/${encodeURIComponent(props.id)}`), props.id);
  const [fresh, setFresh] = useState<JobData | null>(null);
  useLive(
    (message) => {
      if (message.kind === 'job' && message.job.id === props.id) {
        setFresh(message.job);
        if (message.job.endedAt !== null) reload();
      } else if (message.kind === 'gap') {
        reload();
      }
    },
    [props.id],
  );
  useTitle(loaded.state === 'ready' ? `${NAMES[loaded.value.type]} of ${loaded.value.vm}` : 'Job');
  return (
    <Load loaded={loaded} retry={reload}>
      {(job) => <Details job={job.endedAt === null && fresh?.id === job.id ? fresh : job} />}
    </Load>
  );
}

function Details({ job }: { job: JobData }) {
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href={to(['jobs'])}>Jobs</a>
      </nav>
      <div class="head">
        <h1>
          {NAMES[job.type]} of <span class="name">{job.vm || 'the repository'}</span>
        </h1>
        <p>
          <JobBadge state={job.state} />
        </p>
      </div>
      {job.endedAt === null && (
        <Card>
          <Progress job={job} />
        </Card>
      )}
      {job.state === 'failed' && <Alarm title="It failed.">{job.reason}</Alarm>}
      {job.state === 'succeeded' && <Result job={job} />}
      <Card title="Details">
        <Facts
          facts={[
            ['Id', <code>{job.id}</code>],
            ['Stage', job.stage],
            ['Began', dateTime(job.createdAt)],
            ['Ended', job.endedAt ? `${dateTime(job.endedAt)}, after ${duration((Date.parse(job.endedAt) - Date.parse(job.createdAt)) / 1000)}` : 'not yet'],
            ['Events', <a href={to(['events'], { job: job.id })}>of this job</a>],
          ]}
        />
      </Card>
    </>
  );
}

function Result({ job }: { job: JobData }) {
  const result = job.result ?? {};
  switch (job.type) {
    case 'backup':
      return (
        <Card title="Result">
          <p class="proof">The restore point is sealed: every block is in the repository, hashed and on stable storage.</p>
          <p>
            <a class="button primary" href={to(['restore', job.id])}>
              Restore it…
            </a>
          </p>
        </Card>
      );
    case 'restore':
      return (
        <Card title="Result">
          <p class="proof">Proven: every block was checked against its SHA-256 before it was written, and all is on stable storage.</p>
          <table>
            <thead>
              <tr>
                <th scope="col">Disk</th>
                <th scope="col">Written to</th>
                <th scope="col">Size</th>
              </tr>
            </thead>
            <tbody>
              {(result.files ?? []).map((file) => (
                <tr key={file.path}>
                  <td>{file.target ?? 'definition'}</td>
                  <td class="path">{file.path}</td>
                  <td>{bytes(file.sizeBytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      );
    case 'conversion':
      return (
        <Card title="Result">
          {result.restartNeeded && <Alarm tone="warn">The VM has to be shut down and started once before the change holds.</Alarm>}
          {(result.disks ?? []).map((disk) => (
            <section key={disk.target} class="disk">
              <h3>{disk.target}</h3>
              <p class="quiet path">{disk.metadataImage}</p>
              {disk.sha256Before && (
                <p class={disk.sha256Before === disk.sha256After ? 'proof' : 'quiet'}>
                  {disk.sha256Before === disk.sha256After ? 'Unchanged: SHA-256 before and after is ' : 'SHA-256 before: '}
                  <code>{disk.sha256Before}</code>
                </p>
              )}
            </section>
          ))}
          {result.xmlDiff && <Diff text={result.xmlDiff} />}
        </Card>
      );
    case 'verification':
      return (
        <Card title="Result">
          {result.ok ? (
            <p class="proof">All is in order: {bytes(result.checkedBytes ?? 0)} were read and hashed again.</p>
          ) : (
            <>
              <Alarm title="There is damage.">Back the VMs up once more with a full backup: blocks that still match are stored again.</Alarm>
              <ul class="rows">
                {(result.damaged ?? []).map((damage, i) => (
                  <li key={i}>
                    <p>
                      <strong>{damage.target}</strong> at {bytes(damage.offset)}, {bytes(damage.lengthBytes)}
                    </p>
                    <p>{damage.reason}</p>
                    <p class="quiet path">{damage.pack}</p>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Card>
      );
  }
}
