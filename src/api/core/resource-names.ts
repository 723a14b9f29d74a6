/*
 * Which names of resources exist, and what holds of their amounts (pkg/apis/core/helper/helpers.go).
 */

const COMPUTE = new Set(['cpu', 'memory', 'ephemeral-storage']);
const REQUEST_QUOTAS = ['requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage'];
const LIMIT_QUOTAS = ['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'];
const COUNTS = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];

const QUOTA = new Set([...COMPUTE, ...REQUEST_QUOTAS, ...LIMIT_QUOTAS, ...COUNTS]);
const STANDARD = new Set([...QUOTA, 'storage']);
const INTEGERS = new Set(COUNTS);

const HUGE_PAGES = 'hugepages-';
const REQUEST_HUGE_PAGES = 'requests.hugepages-';
const DEFAULT_NAMESPACE = 'kubernetes.io/';

export const isHugePages = (name: string) => name.startsWith(HUGE_PAGES);

export function isStandardContainerResource(name: string): boolean {
  return COMPUTE.has(name) || isHugePages(name);
}

export function isStandardResource(name: string): boolean {
  return STANDARD.has(name) || isHugePages(name) || name.startsWith(REQUEST_HUGE_PAGES);
}

export function isStandardQuotaResource(name: string): boolean {
  return QUOTA.has(name) || isHugePages(name) || name.startsWith(REQUEST_HUGE_PAGES);
}

/** Without a domain, or with Kubernetes' own. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes(DEFAULT_NAMESPACE);
}

/** A resource of a device plugin: with a domain of its own, not a quota of requests. */
export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith('requests.');
}

export function isIntegerResource(name: string): boolean {
  return INTEGERS.has(name) || isExtendedResource(name);
}

/** Whether limits may exceed requests. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}
