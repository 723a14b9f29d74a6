import { ENDPOINTS } from '../kinds.ts';
import { validateNonSpecialIP } from '../addresses.ts';
import { addProblems, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLegacyIP, isPortNumber, isQualifiedName } from '../names.ts';
import { changeItems } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { PROTOCOLS } from './pod/validate-container.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { EndpointAddress, EndpointPort, Endpoints, EndpointSubset } from 'kubernetes-types/core/v1';

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

function validateAddress(errors: FieldErrors, { ip, hostname, nodeName }: EndpointAddress, at: string): void {
  const problems = isLegacyIP(ip);
  addProblems(errors, `${at}.ip`, ip, problems);
  if (hostname) addProblems(errors, `${at}.hostname`, hostname, isDns1123Label(hostname));
  if (nodeName !== undefined) addProblems(errors, `${at}.nodeName`, nodeName, isDns1123Subdomain(nodeName));
  if (problems.length === 0) validateNonSpecialIP(errors, ip, `${at}.ip`);
}

function validatePort(errors: FieldErrors, { name, port, protocol, appProtocol }: EndpointPort, requireName: boolean, at: string): void {
  if (requireName && !name) errors.push(requiredField(`${at}.name`));
  else if (name) addProblems(errors, `${at}.name`, name, isDns1123Label(name));
  addProblems(errors, `${at}.port`, port ?? 0, isPortNumber(port ?? 0));
  if (!protocol) errors.push(requiredField(`${at}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(unsupportedField(`${at}.protocol`, protocol, PROTOCOLS));
  if (appProtocol !== undefined) addProblems(errors, `${at}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
}

function validate({ subsets = [] }: Endpoints): FieldErrors {
  const errors: FieldErrors = [];
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const at = `subsets[${i}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0)
      errors.push(requiredField(at, 'must specify `addresses` or `notReadyAddresses`'));
    addresses.forEach((address, j) => validateAddress(errors, address, `${at}.addresses[${j}]`));
    notReadyAddresses.forEach((address, j) => validateAddress(errors, address, `${at}.notReadyAddresses[${j}]`));
    ports.forEach((port, j) => validatePort(errors, port, ports.length > 1, `${at}.ports[${j}]`));
  });
  return errors;
}

export const endpointsBehaviour: KindBehaviour<Endpoints> = {
  kind: ENDPOINTS,
  defaults: (endpoints) => changeItems(endpoints, 'subsets', defaultSubset),
  validate,
  validateUpdate: (endpoints, old) => (endpoints.subsets === old.subsets ? [] : validate(endpoints)),
  allowsCreateOnUpdate: true,
  row: (endpoints, context) => row(endpoints.metadata?.name ?? '', endpointsText(endpoints), ageOf(endpoints, context)),
};
