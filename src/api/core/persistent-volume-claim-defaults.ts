import { canonicalRequirements } from './pod/container-defaults.ts';
import { changeField, withDefaults, withField } from '../share.ts';
import type { PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1';

/** Defaults of a claim's spec, also where it is a template in a pod or a stateful set. */
export function defaultClaimSpec(given: PersistentVolumeClaimSpec | undefined): PersistentVolumeClaimSpec {
  const spec = withDefaults(given ?? {}, { volumeMode: 'Filesystem' });
  return withField(changeField(spec, 'resources', canonicalRequirements), 'resources', canonicalRequirements(spec.resources ?? {}));
}
