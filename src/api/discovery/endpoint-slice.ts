import { ENDPOINT_SLICES } from '../kinds.ts';
import { isIPv6Text, validateNonSpecialIP } from '../addresses.ts';
import {
  addProblems,
  duplicateField,
  IMMUTABLE,
  invalidField,
  requiredField,
  tooManyField,
  unsupportedField,
  type FieldErrors,
} from '../field-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLegacyIP, isQualifiedName } from '../names.ts';
import { PROTOCOLS } from '../core/pod/validate-container.ts';
import { changeItems, withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from 'kubernetes-types/discovery/v1';

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

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS_LIMIT = 1000;
const PORTS_LIMIT = 20000;
const ADDRESSES_LIMIT = 100;

function validateAddress(errors: FieldErrors, address: string, type: string, at: string): void {
  if (type === 'FQDN') {
    addProblems(errors, at, address, isDns1123Subdomain(address));
    return;
  }
  const problems = isLegacyIP(address);
  addProblems(errors, at, address, problems);
  if (problems.length > 0) return;
  if (isIPv6Text(address) !== (type === 'IPv6')) errors.push(invalidField(at, address, `must be an ${type} address`));
  validateNonSpecialIP(errors, address, at);
}

function validateEndpoint(errors: FieldErrors, { addresses: given, hostname, nodeName }: Endpoint, type: string, at: string): void {
  const addresses = given ?? [];
  if (addresses.length === 0) errors.push(requiredField(`${at}.addresses`, 'must contain at least 1 address'));
  else if (addresses.length > ADDRESSES_LIMIT) errors.push(tooManyField(`${at}.addresses`, addresses.length, ADDRESSES_LIMIT));
  addresses.forEach((address, i) => validateAddress(errors, address, type, `${at}.addresses[${i}]`));
  if (nodeName !== undefined) addProblems(errors, `${at}.nodeName`, nodeName, isDns1123Subdomain(nodeName));
  if (hostname !== undefined) addProblems(errors, `${at}.hostname`, hostname, isDns1123Label(hostname));
}

function validate({ addressType, endpoints, ports: given }: EndpointSlice): FieldErrors {
  const errors: FieldErrors = [];
  const ports = given ?? [];
  if (!addressType) errors.push(requiredField('addressType'));
  else if (!ADDRESS_TYPES.includes(addressType)) errors.push(unsupportedField('addressType', addressType, ADDRESS_TYPES));
  const endpointList = endpoints ?? [];
  if (endpointList.length > ENDPOINTS_LIMIT) errors.push(tooManyField('endpoints', endpointList.length, ENDPOINTS_LIMIT));
  else endpointList.forEach((endpoint, i) => validateEndpoint(errors, endpoint, addressType, `endpoints[${i}]`));
  if (ports.length > PORTS_LIMIT) errors.push(tooManyField('ports', ports.length, PORTS_LIMIT));
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, appProtocol }, i) => {
    if (name !== '') addProblems(errors, `ports[${i}].name`, name, isDns1123Label(name));
    if (names.has(name)) errors.push(duplicateField(`ports[${i}].name`, name));
    names.add(name);
    if (!protocol) errors.push(requiredField(`ports[${i}].protocol`));
    else if (!PROTOCOLS.includes(protocol)) errors.push(unsupportedField(`ports[${i}].protocol`, protocol, PROTOCOLS));
    if (appProtocol !== undefined) addProblems(errors, `ports[${i}].appProtocol`, appProtocol, isQualifiedName(appProtocol));
  });
  return errors;
}

function validateUpdate(slice: EndpointSlice, old: EndpointSlice): FieldErrors {
  const errors = slice.endpoints === old.endpoints && slice.ports === old.ports ? [] : validate(slice);
  if (slice.addressType !== old.addressType) errors.push(invalidField('addressType', slice.addressType, IMMUTABLE));
  return errors;
}

export const endpointSliceBehaviour: KindBehaviour<EndpointSlice> = {
  kind: ENDPOINT_SLICES,
  defaults,
  validate,
  validateUpdate,
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
