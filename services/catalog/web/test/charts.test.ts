import { describe, expect, it } from 'vitest';
import type { Point } from '../src/api/types';
import { known, look, spread } from '../src/ui/charts';

const point = (id: string, more: Partial<Point> = {}): Point => ({
  id,
  vm: 'web',
  vmUuid: 'u',
  hypervisor: 'kvm1',
  parent: null,
  kind: 'full',
  state: 'sealed',
  consistency: 'crash',
  checkpoint: null,
  createdAt: '2026-01-01T00:00:00Z',
  sealedAt: '2026-01-01T00:00:00Z',
  durationMillis: 1,
  verifiedAt: null,
  disks: [],
  ...more,
});

describe('the time line', () => {
  it('keeps the order and the points apart, and stays inside', () => {
    const places = spread([0, 1, 2, 1_000_000]);
    for (let i = 1; i < places.length; i++) expect(places[i]! - places[i - 1]!).toBeGreaterThan(5);
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(places[3]).toBeLessThanOrEqual(100);
    expect(spread([5])).toEqual([50]);
  });

  it('marks what is damaged, verified, or has lost its parent', () => {
    const full = point('a');
    const child = point('b', { kind: 'incremental', parent: 'a', verifiedAt: '2026-01-02T00:00:00Z' });
    const orphan = point('c', { kind: 'incremental', parent: 'x', state: 'damaged' });
    const all = new Map([full, child, orphan].map((one) => [one.id, one]));
    expect(look(full, all)).toBe('full');
    expect(look(child, all)).toBe('incremental verified');
    expect(look(orphan, all)).toBe('incremental damaged gap');
  });

  it('takes no parent for lost that is only not shown yet', () => {
    const points = [point('b', { kind: 'incremental', parent: 'a' }), point('c', { kind: 'incremental', parent: 'b' })];
    expect(points.map((one) => look(one, known(points, true)))).toEqual(['incremental', 'incremental']);
    expect(points.map((one) => look(one, known(points, false)))).toEqual(['incremental gap', 'incremental']);
  });
});
