import type { Day, Point, PointChanges } from '../api/types';
import { bytes, date, dateTime, percent } from '../lib/format';
import { to } from '../lib/router';

const WIDTH = 600;
const HEIGHT = 140;

/** Changed and stored bytes of each of the last days, side by side. */
export function DaysChart(props: { days: Day[] }) {
  const most = Math.max(1, ...props.days.map((day) => Math.max(day.changedBytes, day.storedBytes)));
  const step = WIDTH / Math.max(1, props.days.length);
  const height = (value: number) => (value === 0 ? 0 : Math.max(2, (HEIGHT * value) / most));
  const changed = props.days.reduce((sum, day) => sum + day.changedBytes, 0);
  const stored = props.days.reduce((sum, day) => sum + day.storedBytes, 0);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`In ${props.days.length} days ${bytes(changed)} changed and ${bytes(stored)} were stored.`}>
        {props.days.map((day, i) => (
          <g key={day.day}>
            <title>{`${date(day.day)}: ${bytes(day.changedBytes)} changed, ${bytes(day.storedBytes)} stored, ${day.points} points`}</title>
            <rect class="hit" x={i * step} y={0} width={step} height={HEIGHT} />
            <rect class="changed" x={i * step + step * 0.12} y={HEIGHT - height(day.changedBytes)} width={step * 0.36} height={height(day.changedBytes)} />
            <rect class="stored" x={i * step + step * 0.52} y={HEIGHT - height(day.storedBytes)} width={step * 0.36} height={height(day.storedBytes)} />
          </g>
        ))}
      </svg>
      <figcaption>
        <span class="key changed">Changed {bytes(changed)}</span>
        <span class="key stored">Stored {bytes(stored)}</span>
        <span class="quiet">
          {props.days.length > 0 && `${date(props.days[0]!.day)} – today, largest day ${bytes(most === 1 ? 0 : most)}`}
        </span>
      </figcaption>
    </figure>
  );
}

/** The points that are known to be there. Of the oldest one the parent may only not be shown yet. */
export function known(points: Point[], older: boolean): Map<string, Point> {
  const all = new Map(points.map((point) => [point.id, point]));
  const oldest = points[0];
  if (older && oldest?.parent) all.set(oldest.parent, oldest);
  return all;
}

/** How a point looks on the time line. */
export function look(point: Point, all: Map<string, Point>): string {
  const gap = point.parent !== null && !all.has(point.parent) ? ' gap' : '';
  return `${point.kind}${point.state === 'damaged' ? ' damaged' : ''}${point.verifiedAt ? ' verified' : ''}${gap}`;
}

function words(point: Point, all: Map<string, Point>): string {
  return [
    `${point.kind === 'full' ? 'Full' : 'Incremental'} of ${dateTime(point.createdAt)}`,
    point.state === 'damaged' ? 'damaged' : '',
    point.verifiedAt ? 'verified' : 'not verified yet',
    point.parent !== null && !all.has(point.parent) ? 'its parent is gone' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

const LEGEND = [
  ['full', 'full'],
  ['incremental', 'incremental'],
  ['verified', 'verified'],
  ['damaged', 'damaged'],
  ['gap', 'parent gone'],
] as const;

/**
 * The restore points along time, oldest left; each is a link to itself. Points that lie close are moved apart.
 *
 * @param older whether there are older ones that are not among them
 */
export function TimeLine(props: { points: Point[]; older?: boolean; selected?: string; href: (point: Point) => string }) {
  const points = [...props.points].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  const all = known(points, props.older ?? false);
  const sameDay = points.length > 0 && date(points[0]!.createdAt) === date(points[points.length - 1]!.createdAt);
  const shown = (point: Point) => (sameDay ? dateTime : date)(point.createdAt);
  const places = spread(points.map((point) => Date.parse(point.createdAt)));
  return (
    <nav class="timeline" aria-label="Restore points along time">
      <div class="track" style={{ minWidth: `${Math.max(100, points.length * 30)}px` }}>
        <span class="line" />
        {points.map((point, i) => (
          <a
            key={point.id}
            class={`dot ${look(point, all)}`}
            style={{ left: `${places[i]}%` }}
            href={props.href(point)}
            aria-current={point.id === props.selected ? 'true' : undefined}
            aria-label={words(point, all)}
            title={words(point, all)}
          />
        ))}
      </div>
      <p class="scale quiet">
        <span>{points[0] ? shown(points[0]) : ''}</span>
        <span>{points.length > 0 ? shown(points[points.length - 1]!) : ''}</span>
      </p>
      <p class="legend quiet">
        {LEGEND.map(([mark, text]) => (
          <span key={mark}>
            <i class={`mark ${mark}`} />
            {text}
          </span>
        ))}
      </p>
    </nav>
  );
}

/** Half by time and half by order, in percent: close points stay apart, and long pauses are seen. */
export function spread(times: number[]): number[] {
  const first = times[0] ?? 0;
  const span = Math.max(1, (times[times.length - 1] ?? 0) - first);
  const last = Math.max(1, times.length - 1);
  return times.map((time, i) => (times.length === 1 ? 50 : 3 + 94 * ((time - first) / span / 2 + i / last / 2)));
}

/** Which regions of the disk changed, from its start to its end. */
export function HeatStrip(props: { changes: PointChanges }) {
  const { changedBytes, bucketBytes, sizeBytes, target } = props.changes;
  const changed = changedBytes.reduce((sum, part) => sum + part, 0);
  const width = 1000 / Math.max(1, changedBytes.length);
  return (
    <figure class="heat">
      <svg
        viewBox="0 0 1000 24"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${target}: ${bytes(changed)} of ${bytes(sizeBytes)} changed, in ${changedBytes.filter((part) => part > 0).length} of ${changedBytes.length} regions.`}
      >
        {changedBytes.map((part, i) =>
          part === 0 ? null : (
            <rect key={i} x={i * width} y={0} width={width + 0.5} height={24} opacity={0.25 + 0.75 * (percent(part, bucketBytes) / 100)}>
              <title>{`${bytes(i * bucketBytes)} – ${bytes(Math.min(sizeBytes, (i + 1) * bucketBytes))}: ${bytes(part)} changed`}</title>
            </rect>
          ),
        )}
      </svg>
      <figcaption class="quiet">
        <span>0</span>
        <span>
          {bytes(changed)} changed{props.changes.exact ? '' : ' (to 16 MiB)'}
        </span>
        <span>{bytes(sizeBytes)}</span>
      </figcaption>
    </figure>
  );
}

export function pointLink(point: Point): string {
  return to(['vms', point.vmUuid], { point: point.id });
}
