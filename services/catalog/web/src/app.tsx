import { useEffect, useRef, useState } from 'preact/hooks';
import { get, remove, useSession, whenUnauthorised } from './api/client';
import { live } from './api/live';
import type { Session } from './api/types';
import { to, usePlace, type Place } from './lib/router';
import { enter, session as current } from './lib/session';
import { useConnection } from './lib/use';
import { Alarm } from './ui/parts';
import { Toasts } from './ui/toasts';
import { Events } from './views/Events';
import { Job, Jobs } from './views/Jobs';
import { Login } from './views/Login';
import { Overview } from './views/Overview';
import { Restore } from './views/Restore';
import { Settings } from './views/Settings';
import { Vm } from './views/Vm';
import { Vms } from './views/Vms';

const TABS: [string, string][] = [
  ['', 'Overview'],
  ['vms', 'VMs'],
  ['jobs', 'Jobs'],
  ['events', 'Events'],
  ['settings', 'Settings'],
];

type Entry = { state: 'asking' } | { state: 'outside' } | { state: 'inside' } | { state: 'away'; reason: string };

export function App() {
  const [entry, setEntry] = useState<Entry>({ state: 'asking' });
  const come = (session: Session) => {
    useSession(session);
    enter(session);
    if (session.role === null) {
      setEntry({ state: 'outside' });
    } else {
      live.open();
      setEntry({ state: 'inside' });
    }
  };
  const ask = () => {
    get<Session>('/session').then(come, (error: Error) => setEntry({ state: 'away', reason: error.message }));
  };
  useEffect(() => {
    whenUnauthorised(() => {
      live.close();
      setEntry({ state: 'outside' });
    });
    ask();
  }, []);
  useEffect(() => {
    if (entry.state !== 'away') return;
    const timer = setTimeout(ask, 3000);
    return () => clearTimeout(timer);
  }, [entry]);
  switch (entry.state) {
    case 'asking':
      return <p class="centre" role="status">Loading…</p>;
    case 'away':
      return (
        <main class="centre">
          <h1>Tidemark</h1>
          <Alarm>{entry.reason}</Alarm>
        </main>
      );
    case 'outside':
      return <Login onLogin={come} />;
    case 'inside':
      return <Inside onLogout={() => void remove('/session').finally(() => location.reload())} />;
  }
}

function Inside(props: { onLogout: () => void }) {
  const place = usePlace();
  const connection = useConnection();
  const main = useRef<HTMLElement>(null);
  const tab = place.path[0] === 'restore' ? 'vms' : (place.path[0] ?? '');
  const shown = useRef(place.path.join('/'));
  useEffect(() => {
    const path = place.path.join('/');
    if (shown.current !== path) {
      shown.current = path;
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
  }, [place]);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={to([])}>
          <img src="/icon.svg" alt="" width={28} height={28} /> Tidemark
        </a>
        <nav aria-label="Main">
          {TABS.map(([path, text]) => (
            <a key={path} href={to(path ? [path] : [])} aria-current={path === tab ? 'page' : undefined}>
              {text}
            </a>
          ))}
        </nav>
        <div class="who">
          <span class={`connection ${connection}`} role="status">
            {connection === 'live' ? 'Live' : connection === 'lost' ? 'Reconnecting…' : 'Connecting…'}
          </span>
          {current().user && (
            <button type="button" onClick={props.onLogout} title={`${current().user}, ${current().role}`}>
              Log out
            </button>
          )}
        </div>
      </header>
      {connection === 'lost' && <Alarm tone="warn">The connection is lost. What you see may be old; it comes back by itself.</Alarm>}
      <main id="main" ref={main} tabIndex={-1}>
        <View place={place} />
      </main>
      <footer class="quiet">
        <a href="/api/docs/">API</a> · times are in your zone
      </footer>
      <Toasts />
    </>
  );
}

function View({ place }: { place: Place }) {
  const [view, id] = place.path;
  switch (view) {
    case undefined:
      return <Overview />;
    case 'vms':
      return id === undefined ? <Vms key={place.parameters.get('q') ?? ''} place={place} /> : <Vm key={id} id={id} place={place} />;
    case 'restore':
      return id === undefined ? <Nowhere /> : <Restore key={id} id={id} />;
    case 'jobs':
      return id === undefined ? <Jobs place={place} /> : <Job key={id} id={id} />;
    case 'events':
      return <Events key={place.parameters.toString()} place={place} />;
    case 'settings':
      return <Settings />;
    default:
      return <Nowhere />;
  }
}

function Nowhere() {
  return (
    <div class="empty">
      <h1>There is nothing here</h1>
      <p>
        <a href={to([])}>Go to the overview</a>
      </p>
    </div>
  );
}
