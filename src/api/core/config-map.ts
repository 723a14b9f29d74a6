import { CONFIG_MAPS } from '../kinds.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ConfigMap } from 'kubernetes-types/core/v1';

const sizeOf = (map: object | undefined) => (map ? Object.keys(map).length : 0);

export const configMapBehaviour: KindBehaviour<ConfigMap> = {
  kind: CONFIG_MAPS,
  row: (map, context) => row(map.metadata?.name ?? '', sizeOf(map.data) + sizeOf(map.binaryData), ageOf(map, context)),
};
