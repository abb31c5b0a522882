import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { live, type Connection, type LiveMessage } from '../api/live';

/** Something that is asked for: not there yet, there, or refused. What was there stays while it is asked for anew. */
export type Loaded<T> = { state: 'loading' } | { state: 'failed'; error: Error } | { state: 'ready'; value: T; stale?: Error };

/** How soon something is asked for again that could not be asked for. */
export const RETRY_MILLIS = 5000;

export function useLoad<T>(load: () => Promise<T>, key: string): { loaded: Loaded<T>; reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  const shown = useRef(key);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    let current = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    if (shown.current !== key) {
      shown.current = key;
      setLoaded({ state: 'loading' });
    }
    load().then(
      (value) => current && setLoaded({ state: 'ready', value }),
      (error: Error) => {
        if (!current) return;
        setLoaded((before) => (before.state === 'ready' ? { ...before, stale: error } : { state: 'failed', error }));
        if (error.name !== 'ApiError') retry = setTimeout(reload, RETRY_MILLIS);
      },
    );
    return () => {
      current = false;
      clearTimeout(retry);
    };
  }, [key, round]);
  return { loaded, reload };
}

export function useLive(listener: (message: LiveMessage) => void, inputs: unknown[] = []): void {
  useEffect(() => live.listen(listener), inputs);
}

/** Calls at most once a second, and a last time after the last message. */
export function useLiveReload(wanted: (message: LiveMessage) => boolean, reload: () => void, inputs: unknown[] = []): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.listen((message) => {
      if (timer === undefined && (message.kind === 'gap' || wanted(message))) {
        timer = setTimeout(() => {
          timer = undefined;
          reload();
        }, 1000);
      }
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, inputs);
}

export function useConnection(): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => live.watch(setConnection), []);
  return connection;
}

/** The time, often enough for texts such as "2 min ago". */
export function useNow(millis = 10_000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), millis);
    return () => clearInterval(timer);
  }, [millis]);
  return now;
}

/** The title that a browser shows, and screen readers announce. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tidemark`;
  }, [title]);
}
