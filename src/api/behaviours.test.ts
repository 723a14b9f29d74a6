import { describe, expect, it } from 'vitest';
import { enableFreezing, freeze } from '../base/freeze.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { BUILTIN_KINDS } from './kind.ts';
import recorded from './testdata/defaults.json' with { type: 'json' };
import type { KubeObject } from './object.ts';

enableFreezing(true);

/** Manifests sent to a real API server, and what it stored, without what admission and allocation add. */
const cases = recorded as unknown as { name: string; manifest: KubeObject; stored: KubeObject }[];

const behaviourFor = ({ apiVersion, kind }: KubeObject) =>
  [...BEHAVIOURS.values()].find((b) => b.kind.apiVersion === apiVersion && b.kind.kind === kind)!;

describe('behaviours', () => {
  it('exist for every built-in kind', () => {
    expect([...BEHAVIOURS.keys()].sort()).toEqual([...BUILTIN_KINDS.keys()].sort());
  });

  it.each(cases)('$name is stored with the defaults of a real server', ({ manifest, stored }) => {
    const behaviour = behaviourFor(manifest);
    const placed = { ...manifest, metadata: { ...manifest.metadata, ...(behaviour.kind.namespaced && { namespace: 'ns' }) } };
    const full = behaviour.defaults(freeze(placed));
    const { namespace: _namespace, ...metadata } = behaviour.prepareForCreate(freeze(full), { nowMs: 0 }).metadata!;
    expect({ ...behaviour.prepareForCreate(full, { nowMs: 0 }), metadata }).toEqual(stored);
  });

  it.each(cases)('$name gets nothing more the second time', ({ manifest }) => {
    const behaviour = behaviourFor(manifest);
    const full = behaviour.defaults(freeze(manifest));
    expect(behaviour.defaults(full)).toBe(full);
  });

  it.each(cases)('$name prints as many cells as there are columns', ({ stored }) => {
    const behaviour = behaviourFor(stored);
    const object = { ...stored, metadata: { ...stored.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } };
    expect(behaviour.row(object, { nowMs: 1767225660000 }).cells).toHaveLength(behaviour.columns.length);
  });
});
