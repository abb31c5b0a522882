import type { CloudEvent, Job } from './types';

/** What the stream of server-sent events says. */
export type LiveMessage =
  | { kind: 'job'; job: Job }
  | { kind: 'event'; id: number; event: CloudEvent }
  | { kind: 'gap' };

export type Connection = 'connecting' | 'live' | 'lost';

/** EventSource tells only of the types that it is asked for by name. */
export const TYPES = [
  'DomainSeen', 'DomainChanged', 'DomainGone', 'ConversionRequested', 'ConversionPlanned', 'ConversionApplied', 'ConversionReverted',
  'ConversionFailed', 'BackupRequested', 'BackupAccepted', 'BackupStarted', 'BackupShardPlanned', 'ShardsPlanned', 'ShardExtracted',
  'ShardFailed', 'RestorePointSealed', 'BackupFailed', 'BackupJobEnded', 'RestoreRequested', 'RestoreAccepted', 'RestoreTargetReady',
  'RestoreShardPlanned', 'RestoreShardsPlanned', 'ShardRestored', 'RestoreDataWritten', 'RestoreCompleted', 'RestoreFailed',
];

/** One connection for the whole page, that comes back by itself; views listen to it. */
export class LiveFeed {
  private readonly listeners = new Set<(message: LiveMessage) => void>();
  private readonly watchers = new Set<(connection: Connection) => void>();
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private state: Connection = 'connecting';

  open(types: string[] = TYPES): void {
    this.close();
    const source = new EventSource('/api/v1/events');
    this.source = source;
    source.onopen = () => this.become('live');
    source.onerror = () => {
      this.become('lost');
      // A browser gives up for good on some errors; then a new connection is made.
      if (source.readyState === EventSource.CLOSED) this.retry = setTimeout(() => this.open(types), 3000);
    };
    source.addEventListener('job', (message) => this.tell({ kind: 'job', job: JSON.parse(message.data) as Job }));
    source.addEventListener('gap', () => this.tell({ kind: 'gap' }));
    for (const type of types) {
      source.addEventListener(type, (message) =>
        this.tell({ kind: 'event', id: Number(message.lastEventId), event: JSON.parse(message.data) as CloudEvent }),
      );
    }
  }

  close(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  listen(listener: (message: LiveMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watch(watcher: (connection: Connection) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => this.watchers.delete(watcher);
  }

  private tell(message: LiveMessage): void {
    this.listeners.forEach((listener) => listener(message));
  }

  private become(state: Connection): void {
    this.state = state;
    this.watchers.forEach((watcher) => watcher(state));
  }
}

export const live = new LiveFeed();
