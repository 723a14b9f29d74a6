import { encodeBase64 } from '../base64.ts';
import { SECRETS } from '../kinds.ts';
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

export const secretBehaviour: KindBehaviour<Secret> = {
  kind: SECRETS,
  defaults,
  selectableFields: { type: ({ type }) => type ?? '' },
  row: (secret, context) => row(secret.metadata?.name ?? '', secret.type ?? '', Object.keys(secret.data ?? {}).length, ageOf(secret, context)),
};
