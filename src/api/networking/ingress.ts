import { addProblems, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isDns1035Label, isDns1123Subdomain, isLegacyIP, isPortName, isPortNumber, isWildcardDns1123Subdomain } from '../names.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressSpec, IngressTLS } from 'kubernetes-types/networking/v1';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_ENDS = ['/..', '/.'];
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const HOSTS_SHOWN = 3;

function validateBackend(errors: FieldErrors, backend: IngressBackend | undefined, at: string): void {
  const { service, resource } = backend ?? {};
  if (resource && service) {
    errors.push(invalidField(at, '', 'cannot set both resource and service backends'));
    return;
  }
  if (resource) {
    for (const part of ['kind', 'name'] as const) if (!resource[part]) errors.push(requiredField(`${at}.resource.${part}`));
    return;
  }
  if (!service) {
    errors.push(requiredField(at, 'port name or number is required'));
    return;
  }
  if (!service.name) errors.push(requiredField(`${at}.service.name`));
  else addProblems(errors, `${at}.service.name`, service.name, isDns1035Label(service.name));
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(invalidField(at, '', 'cannot set both port name & port number'));
  else if (name) addProblems(errors, `${at}.service.port.name`, name, isPortName(name));
  else if (number) addProblems(errors, `${at}.service.port.number`, number, isPortNumber(number));
  else errors.push(requiredField(at, 'port name or number is required'));
}

function validatePath(errors: FieldErrors, { path = '', pathType, backend }: HTTPIngressPath, at: string): void {
  if (!pathType) {
    errors.push(requiredField(`${at}.pathType`, 'pathType must be specified'));
    return;
  }
  if (!PATH_TYPES.includes(pathType)) errors.push(unsupportedField(`${at}.pathType`, pathType, PATH_TYPES));
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.push(invalidField(`${at}.path`, path, 'must be an absolute path'));
  } else if (!path.startsWith('/')) errors.push(invalidField(`${at}.path`, path, 'must be an absolute path'));
  else {
    for (const bad of BAD_SEQUENCES) if (path.includes(bad)) errors.push(invalidField(`${at}.path`, path, `must not contain '${bad}'`));
    for (const bad of BAD_ENDS) if (path.endsWith(bad)) errors.push(invalidField(`${at}.path`, path, `cannot end with '${bad}'`));
  }
  validateBackend(errors, backend, `${at}.backend`);
}

function validateHost(errors: FieldErrors, host: string, at: string): void {
  if (isLegacyIP(host).length === 0) errors.push(invalidField(at, host, 'must be a DNS name, not an IP address'));
  else if (host.includes('*')) addProblems(errors, at, host, isWildcardDns1123Subdomain(host));
  else addProblems(errors, at, host, isDns1123Subdomain(host));
}

function validateRule(errors: FieldErrors, { host, http }: IngressRule, at: string): void {
  if (host) validateHost(errors, host, `${at}.host`);
  if (!http) return;
  if (!http.paths?.length) errors.push(requiredField(`${at}.http.paths`));
  http.paths?.forEach((path, i) => validatePath(errors, path, `${at}.http.paths[${i}]`));
}

function validateTls(errors: FieldErrors, { hosts, secretName }: IngressTLS, at: string): void {
  hosts?.forEach((host, i) => {
    const problems = host.includes('*') ? isWildcardDns1123Subdomain(host) : isDns1123Subdomain(host);
    addProblems(errors, `${at}.hosts[${i}]`, host, problems);
  });
  if (secretName) addProblems(errors, `${at}.secretName`, secretName, isDns1123Subdomain(secretName));
}

function validateSpec({ spec }: Ingress): FieldErrors {
  const errors: FieldErrors = [];
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec ?? ({} as IngressSpec);
  if (rules.length === 0 && !defaultBackend)
    errors.push(invalidField('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend) validateBackend(errors, defaultBackend, 'spec.defaultBackend');
  rules.forEach((rule, i) => validateRule(errors, rule, `spec.rules[${i}]`));
  tls.forEach((entry, i) => validateTls(errors, entry, `spec.tls[${i}]`));
  if (ingressClassName !== undefined) addProblems(errors, 'spec.ingressClassName', ingressClassName, isDns1123Subdomain(ingressClassName));
  return errors;
}

function validate(ingress: Ingress): FieldErrors {
  const errors = validateSpec(ingress);
  const annotation = ingress.metadata?.annotations?.[CLASS_ANNOTATION];
  if (annotation && ingress.spec?.ingressClassName !== undefined && annotation !== ingress.spec.ingressClassName) {
    errors.push(invalidField(`annotations.${CLASS_ANNOTATION}`, annotation, 'must match `ingressClassName` when both are specified'));
  }
  return errors;
}

function hostsText(rules: readonly IngressRule[]): string {
  const hosts = rules.map(({ host }) => host).filter((host) => host);
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, HOSTS_SHOWN).join(',');
  return hosts.length > HOSTS_SHOWN ? `${shown} + ${hosts.length - HOSTS_SHOWN} more...` : shown;
}

function addressText({ status }: Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(addresses.filter((address) => address !== ''))].sort().join(',');
}

export const ingressBehaviour: KindBehaviour<Ingress> = {
  kind: builtin<Ingress>('networking.k8s.io/v1', 'ingresses'),
  counted: true,
  initialStatus: () => ({ loadBalancer: {} }),
  validate,
  validateUpdate: (ingress, old) => (ingress.spec === old.spec ? [] : validateSpec(ingress)),
  warnings: (ingress, old) => {
    const annotation = ingress.metadata?.annotations?.[CLASS_ANNOTATION];
    return !old && annotation !== undefined
      ? ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead']
      : [];
  },
  row: (ingress, context) =>
    row(
      ingress.metadata?.name ?? '',
      ingress.spec?.ingressClassName ?? '<none>',
      hostsText(ingress.spec?.rules ?? []),
      addressText(ingress),
      ingress.spec?.tls?.length ? '80, 443' : '80',
      ageOf(ingress, context),
    ),
};
