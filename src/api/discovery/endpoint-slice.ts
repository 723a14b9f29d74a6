import { ENDPOINT_SLICES } from '../kinds.ts';
import { changeItems, withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { EndpointPort, EndpointSlice } from 'kubernetes-types/discovery/v1';

/** Ports and addresses shown at most. */
const SHOWN = 3;
const PORT: Partial<EndpointPort> = { name: '', protocol: 'TCP' };
const UNKNOWN_CONDITIONS = { conditions: {} };

function defaults(slice: EndpointSlice): EndpointSlice {
  const filled = changeItems(slice, 'endpoints', (endpoint) => withDefaults(endpoint, UNKNOWN_CONDITIONS));
  return changeItems(filled.endpoints ? filled : { ...filled, endpoints: null as never }, 'ports', (port) => withDefaults(port, PORT));
}

function listText(texts: readonly string[]): string {
  if (texts.length === 0) return '<unset>';
  const shown = texts.slice(0, SHOWN).join(',');
  return texts.length > SHOWN ? `${shown} + ${texts.length - SHOWN} more...` : shown;
}

export const endpointSliceBehaviour: KindBehaviour<EndpointSlice> = {
  kind: ENDPOINT_SLICES,
  defaults,
  counted: true,
  countedFields: ['addressType', 'endpoints', 'ports'],
  countsMetadata: 'labels',
  row: (slice, context) =>
    row(
      slice.metadata?.name ?? '',
      slice.addressType,
      listText((slice.ports ?? []).map(({ port, name }) => (port !== undefined ? String(port) : name || '*'))),
      listText((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
      ageOf(slice, context),
    ),
};
