import { useEffect, useState } from 'preact/hooks';
import { get, query } from '../api/client';
import { RETRY_MILLIS, type Loaded } from './use';

type Parameters = Record<string, string | number | undefined>;

/**
 * A list that comes in pages: the first when it is shown, more when asked for.
 *
 * @param field what the list is called in the answer
 */
export function usePages<T>(path: string, field: string, parameters: Parameters): { loaded: Loaded<T[]>; more: (() => void) | null; reload: () => void } {
  const key = query(path, parameters);
  const [items, setItems] = useState<Loaded<T[]>>({ state: 'loading' });
  const [next, setNext] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const [shown, setShown] = useState(key);
  const load = async (cursor?: string) => {
    const answer = await get<Record<string, unknown>>(query(path, { ...parameters, cursor }));
    return { page: answer[field] as T[], next: answer.next as string | null };
  };
  useEffect(() => {
    let current = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    if (shown !== key) {
      setShown(key);
      setItems({ state: 'loading' });
    }
    load().then(
      (first) => {
        if (!current) return;
        setItems({ state: 'ready', value: first.page });
        setNext(first.next);
      },
      (error: Error) => {
        if (!current) return;
        setItems((before) => (before.state === 'ready' ? { ...before, stale: error } : { state: 'failed', error }));
        if (error.name !== 'ApiError') retry = setTimeout(() => setRound((n) => n + 1), RETRY_MILLIS);
      },
    );
    return () => {
      current = false;
      clearTimeout(retry);
    };
  }, [key, round]);
  const more = next === null ? null : () => {
    load(next).then(
      (page) => {
        setItems((before) => (before.state === 'ready' ? { state: 'ready', value: [...before.value, ...page.page] } : before));
        setNext(page.next);
      },
      (error: Error) => setItems((before) => (before.state === 'ready' ? { ...before, stale: error } : before)),
    );
  };
  return { loaded: items, more, reload: () => setRound((n) => n + 1) };
}
