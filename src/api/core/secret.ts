import { base64Bytes, decodeBase64, encodeBase64 } from '../base64.ts';
import { equalValues } from '../equal.ts';
import { addProblems, forbiddenField, IMMUTABLE, invalidField, requiredField, tooLongField, type FieldErrors } from '../field-errors.ts';
import { SECRETS } from '../kinds.ts';
import { isConfigMapKey } from '../names.ts';
import { withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Secret } from 'kubernetes-types/core/v1';

/** What was given as text is stored like all else, in base64. */
function defaults(secret: Secret): Secret {
  const typed = withDefaults(secret, { type: 'Opaque' });
  if (!typed.stringData) return typed;
  const { stringData, ...rest } = typed;
  const data: Record<string, string> = { ...typed.data };
  for (const [key, text] of Object.entries(stringData)) data[key] = encodeBase64(text);
  return { ...rest, data };
}

/** Larger secrets are refused, in bytes. */
const LIMIT_BYTES = 1024 * 1024;
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** Keys that secrets of a type must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

function validateJson(errors: FieldErrors, encoded: string, field: string): void {
  const fault = jsonFault(decodeBase64(encoded) ?? '');
  if (fault) errors.push(invalidField(field, '<secret contents redacted>', fault));
}

function jsonFault(text: string): string | undefined {
  if (text.trim() === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && !Array.isArray(value)) return undefined;
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch {
    const at = /^\s*[^[{"\dtfn-]/.exec(text);
    return at ? `invalid character '${at[0].trim()}' looking for beginning of value` : 'unexpected end of JSON input';
  }
}

function validateType(errors: FieldErrors, secret: Secret): void {
  const { type = '', data = {} } = secret;
  if (type === 'kubernetes.io/service-account-token' && !secret.metadata?.annotations?.[ACCOUNT_NAME]) {
    errors.push(requiredField(`metadata.annotations[${ACCOUNT_NAME}]`));
  }
  if (type === 'kubernetes.io/basic-auth' && !('username' in data) && !('password' in data)) {
    errors.push(requiredField('data[username]'), requiredField('data[password]'));
  }
  for (const key of REQUIRED_KEYS[type] ?? []) {
    if (!(key in data) || (key === 'ssh-privatekey' && data[key] === '')) errors.push(requiredField(`data[${key}]`));
    else if (key.startsWith('.docker')) validateJson(errors, data[key] as string, `data[${key}]`);
  }
}

function validate(secret: Secret): FieldErrors {
  const errors: FieldErrors = [];
  let total = 0;
  for (const key of Object.keys(secret.data ?? {}).sort()) {
    addProblems(errors, `data[${key}]`, key, isConfigMapKey(key));
    total += base64Bytes(secret.data![key] as string);
  }
  if (total > LIMIT_BYTES) errors.push(tooLongField('data', LIMIT_BYTES));
  validateType(errors, secret);
  return errors;
}

function validateUpdate(secret: Secret, old: Secret): FieldErrors {
  const errors: FieldErrors = [];
  if (secret.type !== old.type) errors.push(invalidField('type', secret.type, IMMUTABLE));
  if (old.immutable) {
    if (!secret.immutable) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
    if (!equalValues(secret.data, old.data)) errors.push(forbiddenField('data', 'field is immutable when `immutable` is set'));
  }
  errors.push(...validate(secret));
  return errors;
}

/** What a server that speaks TLS would make of the pair. */
function warnings(secret: Secret): readonly string[] {
  if (secret.type !== 'kubernetes.io/tls') return [];
  for (const [key, what] of [
    ['tls.crt', 'certificate'],
    ['tls.key', 'key'],
  ] as const) {
    if (!decodeBase64(secret.data?.[key] ?? '')?.includes('-----BEGIN')) return [`tls: failed to find any PEM data in ${what} input`];
  }
  return [];
}

export const secretBehaviour: KindBehaviour<Secret> = {
  kind: SECRETS,
  defaults,
  validate,
  validateUpdate,
  warnings,
  prepareForUpdate: (secret, old) => (secret.type ? secret : { ...secret, type: old.type as string }),
  selectableFields: { type: ({ type }) => type ?? '' },
  row: (secret, context) =>
    row(secret.metadata?.name ?? '', secret.type ?? '', Object.keys(secret.data ?? {}).length, ageOf(secret, context)),
};
