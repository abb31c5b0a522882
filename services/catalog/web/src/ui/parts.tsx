import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { JobState, PointState, Protection } from '../api/types';
import { dateTime, ago } from '../lib/format';
import { useNow, type Loaded } from '../lib/use';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';

export function Card(props: { title?: string; aside?: ComponentChildren; children: ComponentChildren; class?: string }) {
  const id = useId();
  return (
    <section class={`card ${props.class ?? ''}`} aria-labelledby={props.title ? id : undefined}>
      {props.title && (
        <header class="card-head">
          <h2 id={id}>{props.title}</h2>
          {props.aside}
        </header>
      )}
      {props.children}
    </section>
  );
}

export function Badge(props: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge ${props.tone}`}>{props.children}</span>;
}

const PROTECTION: Record<Protection, [Tone, string]> = {
  protected: ['good', 'Protected'],
  'at-risk': ['warn', 'At risk'],
  unprotected: ['bad', 'Unprotected'],
};

export function ProtectionBadge(props: { protection: Protection }) {
  const [tone, text] = PROTECTION[props.protection];
  return <Badge tone={tone}>{text}</Badge>;
}

const DISK = {
  protected: ['good', 'Protected'],
  convertible: ['warn', 'Not converted'],
  unsupported: ['bad', 'Unsupported'],
} as const;

export function DiskBadge(props: { protection: keyof typeof DISK }) {
  const [tone, text] = DISK[props.protection];
  return <Badge tone={tone}>{text}</Badge>;
}

const JOB: Record<JobState, [Tone, string]> = {
  queued: ['quiet', 'Queued'],
  running: ['info', 'Running'],
  succeeded: ['good', 'Succeeded'],
  failed: ['bad', 'Failed'],
};

export function JobBadge(props: { state: JobState }) {
  const [tone, text] = JOB[props.state];
  return <Badge tone={tone}>{text}</Badge>;
}

export function PointBadge(props: { state: PointState }) {
  return props.state === 'sealed' ? <Badge tone="good">Sealed</Badge> : <Badge tone="bad">{props.state === 'damaged' ? 'Damaged' : 'Forgotten'}</Badge>;
}

/** A time as people say it, with the exact one for those who ask. */
export function Ago(props: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={props.time} title={dateTime(props.time)}>
      {ago(props.time, now)}
    </time>
  );
}

export function Bar(props: { label: string; percent: number; tone?: Tone }) {
  const whole = Math.round(props.percent);
  return (
    <div class={`bar ${props.tone ?? 'info'}`} role="progressbar" aria-label={props.label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={whole}>
      <span style={{ width: `${props.percent}%` }} />
    </div>
  );
}

export function Empty(props: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}

export function Alarm(props: { tone?: 'bad' | 'warn'; title?: string; children: ComponentChildren }) {
  return (
    <div class={`alarm ${props.tone ?? 'bad'}`} role="alert">
      {props.title && <strong>{props.title}</strong>}
      <div>{props.children}</div>
    </div>
  );
}

/** Shows what is loading, what went wrong, or what is there. */
export function Load<T>(props: { loaded: Loaded<T>; retry: () => void; children: (value: T) => ComponentChildren }) {
  switch (props.loaded.state) {
    case 'loading':
      return (
        <div class="loading" role="status">
          <span class="visually-hidden">Loading…</span>
          <i />
          <i />
          <i />
        </div>
      );
    case 'failed':
      return (
        <Alarm title="This can't be shown.">
          <p>{props.loaded.error.message}</p>
          <button type="button" onClick={props.retry}>
            Try again
          </button>
        </Alarm>
      );
    case 'ready':
      return (
        <>
          {props.loaded.stale && <Alarm tone="warn">What you see may be old: {props.loaded.stale.message}</Alarm>}
          {props.children(props.loaded.value)}
        </>
      );
  }
}

export function Field(props: { label: string; hint?: string; children: (id: string, describedBy: string | undefined) => ComponentChildren }) {
  const id = useId();
  const hint = props.hint ? `${id}-hint` : undefined;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id, hint)}
      {props.hint && (
        <p id={hint} class="hint">
          {props.hint}
        </p>
      )}
    </div>
  );
}

/** Terms and what they are. */
export function Facts(props: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {props.facts.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
