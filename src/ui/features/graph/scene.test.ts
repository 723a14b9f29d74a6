import { describe, expect, it } from 'vitest';
import type { MachineRow, PodRow } from '../../../protocol/rows.ts';
import { Scene } from './scene.ts';
import { Slots } from './slots.ts';

const machine = (name: string, role: 'master' | 'minion' = 'minion') => ({
  after: { kind: 'machine', key: `machine/${name}`, name, role } as MachineRow,
  before: undefined,
});
const pod = (name: string, node: string) => ({ kind: 'pod', key: `/pods/${name}`, name, node, namespace: 'default' }) as PodRow;
const added = (row: PodRow) => ({ before: undefined, after: row });

function scene(minions: number): Scene {
  const made = new Scene();
  made.change([machine('master-1', 'master'), ...Array.from({ length: minions }, (_, index) => machine(`minion-${index + 1}`))]);
  return made;
}

describe('slots', () => {
  it('keep their places while others come and go, and the lowest free one is given out', () => {
    const slots = new Slots();
    for (const key of ['a', 'b', 'c']) slots.add(key);
    slots.remove('b');
    expect([slots.placeOf('a'), slots.placeOf('c'), slots.add('d'), slots.add('e')]).toEqual([0, 2, 1, 3]);
    slots.remove('e');
    slots.remove('c');
    expect(slots.extent).toBe(2);
  });
});

describe('the scene', () => {
  it('moves a pod from the tray to its minion when it is bound', () => {
    const it = scene(3);
    const waiting = pod('web', '');
    it.change([added(waiting)]);
    const tray = it.layout.plates.get('')!;
    const before = it.podBox(waiting)!;
    expect(before.x).toBeGreaterThanOrEqual(tray.x);
    const bound = pod('web', 'minion-2');
    it.change([{ before: waiting, after: bound }]);
    const plate = it.layout.plates.get('minion-2')!;
    const box = it.podBox(bound)!;
    expect(box.x >= plate.x && box.x + box.width <= plate.x + plate.width && box.y + box.height <= plate.y + plate.height).toBe(true);
    expect(it.podAt(box.x + 2, box.y + 2)).toBe(bound.key);
  });

  it('leaves every other pod where it is when one goes', () => {
    const it = scene(3);
    const pods = ['a', 'b', 'c', 'd'].map((name) => pod(name, 'minion-1'));
    it.change(pods.map(added));
    const before = pods.map((row) => it.podBox(row));
    it.change([{ before: pods[1], after: undefined }]);
    expect([0, 2, 3].map((index) => it.podBox(pods[index]!))).toEqual([0, 2, 3].map((index) => before[index]));
  });

  it('has a place inside its plate for each of 110 pods', () => {
    const it = scene(3);
    const pods = Array.from({ length: 110 }, (_, index) => pod(`p${index}`, 'minion-3'));
    it.change(pods.map(added));
    const plate = it.layout.plates.get('minion-3')!;
    expect(plate.density).toBe('dot');
    for (const row of pods) {
      const box = it.podBox(row)!;
      expect(box.y + box.height <= plate.y + plate.height && box.x + box.width <= plate.x + plate.width).toBe(true);
    }
  });

  it('draws the band above a large grid larger', () => {
    const it = scene(100);
    expect(it.layout.scale).toBeGreaterThan(2);
    const master = it.layout.plates.get('master-1')!;
    const minion = it.layout.plates.get('minion-1')!;
    expect(master.y + master.height).toBeLessThan(minion.y);
  });
});
