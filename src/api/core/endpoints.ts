import { ENDPOINTS } from '../kinds.ts';
import { changeItems } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Endpoints, EndpointSubset } from 'kubernetes-types/core/v1';

/** Addresses shown at most. */
const SHOWN = 3;

function defaultSubset(subset: EndpointSubset): EndpointSubset {
  return changeItems(subset, 'ports', (port) => (port.protocol ? port : { ...port, protocol: 'TCP' }));
}

function joinHostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The ready addresses, of which only a few are written out (printers' formatEndpoints). */
export function endpointsText(endpoints: Endpoints): string {
  const shown: string[] = [];
  let count = 0;
  for (const { addresses = [], ports } of endpoints.subsets ?? []) {
    for (const port of ports?.length ? ports : [undefined]) {
      for (const { ip } of addresses) {
        if (count++ < SHOWN) shown.push(port ? joinHostPort(ip, port.port) : ip);
      }
    }
  }
  if (!endpoints.subsets?.length) return '<none>';
  return count > SHOWN ? `${shown.join(',')} + ${count - SHOWN} more...` : shown.join(',');
}

export const endpointsBehaviour: KindBehaviour<Endpoints> = {
  kind: ENDPOINTS,
  defaults: (endpoints) => changeItems(endpoints, 'subsets', defaultSubset),
  allowsCreateOnUpdate: true,
  row: (endpoints, context) => row(endpoints.metadata?.name ?? '', endpointsText(endpoints), ageOf(endpoints, context)),
};
