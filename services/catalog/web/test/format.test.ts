import { describe, expect, it } from 'vitest';
import { ago, bytes, duration, percent, plural, ratio } from '../src/lib/format';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [10 * 1024 * 1024, '10.0 MiB'],
    [812345678901, '757 GiB'],
    [2 ** 60, '1024 PiB'],
  ])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));
});

describe('lengths of time', () => {
  it.each([
    [0.25, '250 ms'],
    [4.21, '4.2 s'],
    [59.6, '1 min'],
    [3600, '1 h'],
    [3661, '1 h 1 min'],
    [90_000, '1 d 1 h'],
  ])('%d s are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it('says how long ago something was, and never that it is to come', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(ago('2026-01-01T11:59:58Z', now)).toBe('just now');
    expect(ago('2026-01-01T12:00:30Z', now)).toBe('just now');
    expect(ago('2026-01-01T10:00:00Z', now)).toBe('2 h ago');
  });
});

describe('shares', () => {
  it('stays between nothing and all', () => {
    expect(percent(5, 0)).toBe(0);
    expect(percent(300, 200)).toBe(100);
    expect(percent(50, 200)).toBe(25);
  });

  it('says how much smaller, or nothing', () => {
    expect(ratio(1000, 100)).toBe('10×');
    expect(ratio(250, 100)).toBe('2.5×');
    expect(ratio(0, 0)).toBe('');
  });

  it('counts', () => {
    expect(plural(1, 'VM')).toBe('1 VM');
    expect(plural(2, 'VM')).toBe('2 VMs');
  });
});
