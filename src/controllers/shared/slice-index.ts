import type { EndpointSlice } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';

/** The name of the index of slices by the key of their service. */
export const SERVICE_INDEX = 'service';

/** `namespace/name` of the service a slice belongs to, if it says so. */
export function serviceKeyOf(slice: Stored<EndpointSlice>): string | undefined {
  const name = slice.metadata.labels?.[SERVICE_NAME];
  return name ? `${slice.metadata.namespace}/${name}` : undefined;
}

export function indexByService(slices: Informer<EndpointSlice>): void {
  slices.addIndex(SERVICE_INDEX, (slice) => {
    const key = serviceKeyOf(slice);
    return key ? [key] : [];
  });
}
