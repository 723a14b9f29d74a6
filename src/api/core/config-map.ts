import { CONFIG_MAPS } from '../kinds.ts';
import { base64Bytes } from '../base64.ts';
import { equalValues } from '../equal.ts';
import { addProblems, forbiddenField, invalidField, tooLongField, type FieldErrors } from '../field-errors.ts';
import { isConfigMapKey } from '../names.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1';

const sizeOf = (map: object | undefined) => (map ? Object.keys(map).length : 0);

/** Larger maps are refused, in bytes. */
const LIMIT_BYTES = 1024 * 1024;

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldErrors {
  const errors: FieldErrors = [];
  let total = 0;
  for (const key of Object.keys(data).sort()) {
    addProblems(errors, `data[${key}]`, key, isConfigMapKey(key));
    if (key in binaryData) errors.push(invalidField(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    total += (data[key] as string).length;
  }
  for (const key of Object.keys(binaryData).sort()) {
    addProblems(errors, `binaryData[${key}]`, key, isConfigMapKey(key));
    total += base64Bytes(binaryData[key] as string);
  }
  if (total > LIMIT_BYTES) errors.push(tooLongField('[]', LIMIT_BYTES));
  return errors;
}

function validateUpdate(map: ConfigMap, old: ConfigMap): FieldErrors {
  const errors: FieldErrors = [];
  if (old.immutable) {
    if (!map.immutable) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
    for (const part of ['data', 'binaryData'] as const) {
      if (!equalValues(map[part], old[part])) errors.push(forbiddenField(part, 'field is immutable when `immutable` is set'));
    }
  }
  if (map.data !== old.data || map.binaryData !== old.binaryData) errors.push(...validate(map));
  return errors;
}

export const configMapBehaviour: KindBehaviour<ConfigMap> = {
  kind: CONFIG_MAPS,
  validate,
  validateUpdate,
  row: (map, context) => row(map.metadata?.name ?? '', sizeOf(map.data) + sizeOf(map.binaryData), ageOf(map, context)),
};
