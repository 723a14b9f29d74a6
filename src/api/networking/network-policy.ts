import { addProblems, forbiddenField, invalidField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { formatLabelSelector } from '../labels.ts';
import { isLegacyCidr, isPortName, isPortNumber } from '../names.ts';
import { changeItems, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { validateSelector } from '../validate-selector.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from 'kubernetes-types/networking/v1';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Egress', 'Ingress'];

const defaultPort = (port: NetworkPolicyPort) => (port.protocol ? port : { ...port, protocol: 'TCP' });

function defaults(policy: NetworkPolicy): NetworkPolicy {
  let spec = policy.spec ?? ({ podSelector: {} } as NetworkPolicySpec);
  spec = changeItems(spec, 'ingress', (rule) => changeItems(rule, 'ports', defaultPort));
  spec = changeItems(spec, 'egress', (rule) => changeItems(rule, 'ports', defaultPort));
  if (!spec.policyTypes?.length) spec = { ...spec, policyTypes: spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'] };
  return withField(policy, 'spec', spec);
}

function validatePort(errors: FieldErrors, { protocol, port, endPort }: NetworkPolicyPort, at: string): void {
  if (protocol && !PROTOCOLS.includes(protocol)) errors.push(unsupportedField(`${at}.protocol`, protocol, PROTOCOLS));
  if (typeof port === 'number') {
    addProblems(errors, `${at}.port`, port, isPortNumber(port));
    if (endPort === undefined) return;
    if (endPort < port) errors.push(invalidField(`${at}.endPort`, port, 'must be greater than or equal to `port`'));
    addProblems(errors, `${at}.endPort`, endPort, isPortNumber(endPort));
  } else {
    if (port !== undefined) addProblems(errors, `${at}.port`, port, isPortName(port));
    if (endPort !== undefined) {
      errors.push(
        invalidField(
          `${at}.endPort`,
          endPort,
          port === undefined ? 'may not be specified when `port` is not specified' : 'may not be specified when `port` is non-numeric',
        ),
      );
    }
  }
}

function validateBlock(errors: FieldErrors, { cidr = '', except }: IPBlock, at: string): void {
  if (cidr === '') {
    errors.push({ reason: 'FieldValueRequired', field: `${at}.cidr`, message: 'Required value' });
    return;
  }
  addProblems(errors, `${at}.cidr`, cidr, isLegacyCidr(cidr));
  except?.forEach((range, i) => addProblems(errors, `${at}.except[${i}]`, range, isLegacyCidr(range)));
}

function validatePeer(errors: FieldErrors, peer: NetworkPolicyPeer, at: string): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  validateSelector(errors, podSelector, `${at}.podSelector`);
  validateSelector(errors, namespaceSelector, `${at}.namespaceSelector`);
  if (ipBlock) validateBlock(errors, ipBlock, `${at}.ipBlock`);
  if (!podSelector && !namespaceSelector && !ipBlock) {
    errors.push({ reason: 'FieldValueRequired', field: at, message: 'Required value: must specify a peer' });
  } else if (ipBlock && (podSelector || namespaceSelector))
    errors.push(forbiddenField(at, 'may not specify both ipBlock and another peer'));
}

function validate({ spec }: NetworkPolicy): FieldErrors {
  const errors: FieldErrors = [];
  const { podSelector, ingress, egress, policyTypes = [] } = spec ?? ({} as NetworkPolicySpec);
  validateSelector(errors, podSelector, 'spec.podSelector');
  ingress?.forEach(({ ports, from }, i) => {
    ports?.forEach((port, j) => validatePort(errors, port, `spec.ingress[${i}].ports[${j}]`));
    from?.forEach((peer, j) => validatePeer(errors, peer, `spec.ingress[${i}].from[${j}]`));
  });
  egress?.forEach(({ ports, to }, i) => {
    ports?.forEach((port, j) => validatePort(errors, port, `spec.egress[${i}].ports[${j}]`));
    to?.forEach((peer, j) => validatePeer(errors, peer, `spec.egress[${i}].to[${j}]`));
  });
  if (policyTypes.length > 2) errors.push(invalidField('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'));
  else {
    policyTypes.forEach((type, i) => {
      if (!TYPES.includes(type)) errors.push(unsupportedField(`spec.policyTypes[${i}]`, type, TYPES));
    });
  }
  return errors;
}

export const networkPolicyBehaviour: KindBehaviour<NetworkPolicy> = {
  kind: builtin<NetworkPolicy>('networking.k8s.io/v1', 'networkpolicies'),
  defaults,
  counted: true,
  validate,
  validateUpdate: (policy, old) => (policy.spec === old.spec ? [] : validate(policy)),
  row: (policy, context) => row(policy.metadata?.name ?? '', formatLabelSelector(policy.spec?.podSelector), ageOf(policy, context)),
};
