import { useEffect, useState } from 'preact/hooks';
import { get, query, start } from '../api/client';
import type { Job, Vm } from '../api/types';
import { go, to } from '../lib/router';
import { Dialog } from '../ui/dialog';
import { Alarm } from '../ui/parts';

type Plan = { state: 'planning' } | { state: 'planned'; job: Job } | { state: 'failed'; reason: string };

/** Shows what converting a VM's disks would change, and does it when told so. */
export function Convert(props: { vm: Vm; onClose: () => void }) {
  const [plan, setPlan] = useState<Plan>({ state: 'planning' });
  const [restart, setRestart] = useState(props.vm.state === 'running' || props.vm.state === 'paused');
  const [failure, setFailure] = useState('');
  const running = props.vm.state === 'running' || props.vm.state === 'paused';
  useEffect(() => {
    let current = true;
    planned(props.vm).then(
      (job) => current && setPlan(job.state === 'failed' ? { state: 'failed', reason: job.reason ?? 'It failed.' } : { state: 'planned', job }),
      (error: Error) => current && setPlan({ state: 'failed', reason: error.message }),
    );
    return () => {
      current = false;
    };
  }, []);
  const apply = async () => {
    try {
      const job = await start<Job>('/conversions', { vm: props.vm.uuid, mode: 'apply', restart });
      props.onClose();
      go(to(['jobs', job.id]));
    } catch (e) {
      setFailure((e as Error).message);
    }
  };
  return (
    <Dialog title={`Convert the disks of ${props.vm.name}`} onClose={props.onClose} wide>
      <div class="stack">
        <p>
          A small metadata image is put in front of each raw disk, so that it can keep dirty bitmaps. No byte of the disk changes: its SHA-256 is taken before and after, and
          compared. It can be taken back.
        </p>
        {plan.state === 'planning' && <p role="status">Making the plan…</p>}
        {plan.state === 'failed' && <Alarm title="There is no plan.">{plan.reason}</Alarm>}
        {plan.state === 'planned' && (
          <>
            <h3>Change of the VM's definition</h3>
            <Diff text={plan.job.result?.xmlDiff ?? ''} />
            <h3>What is run</h3>
            <pre tabindex={0}>{(plan.job.result?.commands ?? []).join('\n')}</pre>
            {running && (
              <label class="check">
                <input type="checkbox" checked={restart} onChange={(e) => setRestart(e.currentTarget.checked)} /> Shut the VM down and start it again, now
              </label>
            )}
          </>
        )}
        {failure && <Alarm>{failure}</Alarm>}
        <div class="actions">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="button" class="primary" disabled={plan.state !== 'planned'} onClick={apply}>
            Convert
          </button>
        </div>
      </div>
    </Dialog>
  );
}

async function planned(vm: Vm): Promise<Job> {
  const job = await start<Job>('/conversions', { vm: vm.uuid, mode: 'plan' });
  return get<Job>(query(`/jobs/${encodeURIComponent(job.id)}`, { wait: 30 }));
}

/** A unified diff, line by line. */
export function Diff(props: { text: string }) {
  if (props.text === '') return <p class="quiet">Nothing changes.</p>;
  return (
    <pre class="diff" tabindex={0} aria-label="Difference">
      {props.text.split('\n').map((line, i) => (
        <span key={i} class={line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : ''}>
          {line + '\n'}
        </span>
      ))}
    </pre>
  );
}
