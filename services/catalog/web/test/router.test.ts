import { describe, expect, it } from 'vitest';
import { parse, to } from '../src/lib/router';

describe('addresses', () => {
  it.each(['web', '<img src=x onerror=alert(1)>', "'; drop table vm; --", '🐳/#?&', 'x'.repeat(255)])('bring back the name %s', (name) => {
    const place = parse(to(['vms', name], { point: name }));
    expect(place.path).toEqual(['vms', name]);
    expect(place.parameters.get('point')).toBe(name);
  });

  it('stand what is no address', () => {
    expect(parse('').path).toEqual([]);
    expect(parse('#/vms/%E0%A4%A').path).toEqual(['vms', '%E0%A4%A']);
  });

  it('leave out what is empty', () => {
    expect(to(['vms'], { q: '', protection: undefined })).toBe('#/vms');
  });
});
