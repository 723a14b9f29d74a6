import type { KubeObject } from '../../api/object.ts';

/** What a check finds wrong: in short, and in detail. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string }[];
}

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

interface Container {
  readonly name: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
}

/** What is checked: a pod or the template of one. */
export interface PodLike {
  readonly metadata: KubeObject['metadata'];
  readonly spec: Record<string, any>;
}

type Check = (pod: PodLike) => Violation | undefined;

function containersOf({ spec }: PodLike): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])] as Container[];
}

function contextOf({ spec }: PodLike): SecurityContext {
  return (spec.securityContext ?? {}) as SecurityContext;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

function called(names: readonly string[], one = 'container', many = 'containers'): string {
  return `${names.length === 1 ? one : many} ${quoted(names)}`;
}

/** `pod`, `container "c"` or `pod and containers "a", "b"`. */
function setters(podIsBad: boolean, names: readonly string[]): string {
  return [...(podIsBad ? ['pod'] : []), ...(names.length > 0 ? [called(names)] : [])].join(' and ');
}

function badContainers(pod: PodLike, isBad: (context: SecurityContext) => boolean): string[] {
  return containersOf(pod)
    .filter(({ securityContext }) => isBad(securityContext ?? {}))
    .map(({ name }) => name);
}

function found(condition: boolean, reason: string, detail: () => string): Violation | undefined {
  return condition ? { reason, detail: detail() } : undefined;
}

const DEFAULT_CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
);
const SAFE_SYSCTLS = new Set(
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem'.split(
    ' ',
  ),
);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const PLAIN_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function appArmor(pod: PodLike): Violation | undefined {
  const podType = contextOf(pod).appArmorProfile?.type;
  const isBad = (type: string | undefined): boolean => type === 'Unconfined';
  const names = badContainers(pod, ({ appArmorProfile }) => isBad(appArmorProfile?.type));
  const annotations = Object.entries(pod.metadata?.annotations ?? {})
    .filter(
      ([key, value]) =>
        key.startsWith(APPARMOR_ANNOTATION) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const details: string[] = [];
  if (isBad(podType) || names.length > 0)
    details.push(`${setters(isBad(podType), names)} must not set AppArmor profile type to "Unconfined"`);
  if (annotations.length > 0) details.push(`${annotations.length === 1 ? 'annotation' : 'annotations'} ${annotations.join(', ')}`);
  const many = (isBad(podType) ? 1 : 0) + names.length + annotations.length > 1;
  return found(details.length > 0, many ? 'forbidden AppArmor profiles' : 'forbidden AppArmor profile', () => details.join('; '));
}

function addedCapabilities(pod: PodLike, isAllowed: (name: string) => boolean): { names: string[]; capabilities: string[] } {
  const capabilities = new Set<string>();
  const names: string[] = [];
  for (const { name, securityContext } of containersOf(pod)) {
    const bad = (securityContext?.capabilities?.add ?? []).filter((capability) => !isAllowed(capability));
    if (bad.length > 0) names.push(name);
    for (const capability of bad) capabilities.add(capability);
  }
  return { names, capabilities: [...capabilities].sort() };
}

function capabilitiesBaseline(pod: PodLike): Violation | undefined {
  const { names, capabilities } = addedCapabilities(pod, (name) => DEFAULT_CAPABILITIES.has(name));
  return found(
    names.length > 0,
    'non-default capabilities',
    () => `${called(names)} must not include ${quoted(capabilities)} in securityContext.capabilities.add`,
  );
}

function capabilitiesRestricted(pod: PodLike): Violation | undefined {
  const keeping = badContainers(pod, ({ capabilities }) => !capabilities?.drop?.includes('ALL'));
  const { names, capabilities } = addedCapabilities(pod, (name) => name === 'NET_BIND_SERVICE');
  const details: string[] = [];
  if (keeping.length > 0) details.push(`${called(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (names.length > 0) details.push(`${called(names)} must not include ${quoted(capabilities)} in securityContext.capabilities.add`);
  return found(details.length > 0, 'unrestricted capabilities', () => details.join('; '));
}

function hostNamespaces({ spec }: PodLike): Violation | undefined {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field]).map((field) => `${field}=true`);
  return found(set.length > 0, 'host namespaces', () => set.join(', '));
}

function hostPaths({ spec }: PodLike): Violation | undefined {
  const names = ((spec.volumes ?? []) as { name: string; hostPath?: object }[]).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return found(names.length > 0, 'hostPath volumes', () => called(names, 'volume', 'volumes'));
}

function hostPorts(pod: PodLike): Violation | undefined {
  const ports = new Set<number>();
  const names: string[] = [];
  for (const { name, ports: given } of containersOf(pod)) {
    const bad = (given ?? []).map(({ hostPort }) => hostPort ?? 0).filter((port) => port !== 0);
    if (bad.length > 0) names.push(name);
    for (const port of bad) ports.add(port);
  }
  const word = ports.size === 1 ? 'hostPort' : 'hostPorts';
  return found(
    names.length > 0,
    word,
    () => `${called(names)} ${names.length === 1 ? 'uses' : 'use'} ${word} ${[...ports].map(String).sort().join(', ')}`,
  );
}

function probeHosts(pod: PodLike): Violation | undefined {
  const hosts = new Set<string>();
  const names: string[] = [];
  for (const { name, livenessProbe, readinessProbe, startupProbe, lifecycle } of containersOf(pod)) {
    const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
    const bad = handlers.flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host]).filter((host) => host);
    if (bad.length > 0) names.push(name);
    for (const host of bad) hosts.add(host!);
  }
  const word = hosts.size === 1 ? 'probe or lifecycle host' : 'probe or lifecycle hosts';
  return found(
    names.length > 0,
    word,
    () => `${called(names)} ${names.length === 1 ? 'uses' : 'use'} ${word} ${quoted([...hosts].sort())}`,
  );
}

function privileged(pod: PodLike): Violation | undefined {
  const names = badContainers(pod, (context) => context.privileged === true);
  return found(names.length > 0, 'privileged', () => `${called(names)} must not set securityContext.privileged=true`);
}

function procMount(pod: PodLike): Violation | undefined {
  const names = badContainers(pod, (context) => context.procMount !== undefined && context.procMount !== 'Default');
  return found(names.length > 0, 'procMount', () => `${called(names)} must not set securityContext.procMount to "Unmasked"`);
}

function seLinux(pod: PodLike): Violation | undefined {
  const isBad = ({ seLinuxOptions: options }: SecurityContext): boolean =>
    !!options && (!SELINUX_TYPES.has(options.type ?? '') || !!options.user || !!options.role);
  const podIsBad = isBad(contextOf(pod));
  const names = badContainers(pod, isBad);
  const all = [contextOf(pod), ...containersOf(pod).map(({ securityContext }) => securityContext ?? {})].map(
    ({ seLinuxOptions }) => seLinuxOptions ?? {},
  );
  const types = [...new Set(all.map(({ type }) => type ?? '').filter((type) => !SELINUX_TYPES.has(type)))].sort();
  const parts = [
    ...(types.length > 0 ? [`${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`] : []),
    ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
    ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
  ];
  return found(
    podIsBad || names.length > 0,
    'seLinuxOptions',
    () => `${setters(podIsBad, names)} set forbidden securityContext.seLinuxOptions: ${parts.join('; ')}`,
  );
}

function seccompBaseline(pod: PodLike): Violation | undefined {
  const isBad = ({ seccompProfile }: SecurityContext): boolean => seccompProfile?.type === 'Unconfined';
  const podIsBad = isBad(contextOf(pod));
  const names = badContainers(pod, isBad);
  return found(
    podIsBad || names.length > 0,
    'seccompProfile',
    () => `${setters(podIsBad, names)} must not set securityContext.seccompProfile.type to "Unconfined"`,
  );
}

function seccompRestricted(pod: PodLike): Violation | undefined {
  const isBad = ({ seccompProfile }: SecurityContext): boolean =>
    seccompProfile !== undefined && seccompProfile.type !== 'RuntimeDefault' && seccompProfile.type !== 'Localhost';
  const podProfile = contextOf(pod).seccompProfile;
  const podIsBad = isBad(contextOf(pod));
  const explicit = badContainers(pod, isBad);
  if (podIsBad || explicit.length > 0) {
    const types = new Set([
      podIsBad ? podProfile!.type : '',
      ...containersOf(pod).map(({ securityContext }) => (isBad(securityContext ?? {}) ? securityContext!.seccompProfile!.type : '')),
    ]);
    types.delete('');
    return {
      reason: 'seccompProfile',
      detail: `${setters(podIsBad, explicit)} must not set securityContext.seccompProfile.type to ${quoted([...types].sort())}`,
    };
  }
  if (podProfile) return undefined;
  const names = badContainers(pod, ({ seccompProfile }) => seccompProfile === undefined);
  return found(
    names.length > 0,
    'seccompProfile',
    () => `pod or ${called(names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  );
}

function sysctls(pod: PodLike): Violation | undefined {
  const names = (contextOf(pod).sysctls ?? []).map(({ name }) => name).filter((name) => !SAFE_SYSCTLS.has(name));
  return found(names.length > 0, 'forbidden sysctls', () => names.join(', '));
}

function hostProcess(pod: PodLike): Violation | undefined {
  const isBad = ({ windowsOptions }: SecurityContext): boolean => windowsOptions?.hostProcess === true;
  const podIsBad = isBad(contextOf(pod));
  const names = badContainers(pod, isBad);
  return found(
    podIsBad || names.length > 0,
    'hostProcess',
    () => `${setters(podIsBad, names)} must not set securityContext.windowsOptions.hostProcess=true`,
  );
}

function privilegeEscalation(pod: PodLike): Violation | undefined {
  const names = badContainers(pod, (context) => context.allowPrivilegeEscalation !== false);
  return found(
    names.length > 0,
    'allowPrivilegeEscalation != false',
    () => `${called(names)} must set securityContext.allowPrivilegeEscalation=false`,
  );
}

function volumeTypes({ spec }: PodLike): Violation | undefined {
  const names: string[] = [];
  const types = new Set<string>();
  for (const volume of (spec.volumes ?? []) as Record<string, unknown>[]) {
    const type = Object.keys(volume).find((field) => field !== 'name' && !PLAIN_VOLUMES.has(field));
    if (type === undefined) continue;
    names.push(volume.name as string);
    types.add(type);
  }
  const uses = names.length === 1 ? 'uses' : 'use';
  const word = types.size === 1 ? 'type' : 'types';
  return found(
    names.length > 0,
    'restricted volume types',
    () => `${called(names, 'volume', 'volumes')} ${uses} restricted volume ${word} ${quoted([...types].sort())}`,
  );
}

function nonRoot(pod: PodLike): Violation | undefined {
  const podValue = contextOf(pod).runAsNonRoot;
  const explicit = badContainers(pod, (context) => context.runAsNonRoot === false);
  if (podValue === false || explicit.length > 0) {
    return {
      reason: 'runAsNonRoot != true',
      detail: `${setters(podValue === false, explicit)} must not set securityContext.runAsNonRoot=false`,
    };
  }
  if (podValue === true) return undefined;
  const names = badContainers(pod, (context) => context.runAsNonRoot === undefined);
  return found(names.length > 0, 'runAsNonRoot != true', () => `pod or ${called(names)} must set securityContext.runAsNonRoot=true`);
}

function runAsUser(pod: PodLike): Violation | undefined {
  const podIsBad = contextOf(pod).runAsUser === 0;
  const names = badContainers(pod, (context) => context.runAsUser === 0);
  return found(podIsBad || names.length > 0, 'runAsUser=0', () => `${setters(podIsBad, names)} must not set runAsUser=0`);
}

const SHARED_BASELINE: readonly Check[] = [hostNamespaces];

/** The checks of a level, in the order in which violations are named (pod-security-admission policy/registry.go). */
export const CHECKS: Readonly<Record<'baseline' | 'restricted', readonly Check[]>> = {
  baseline: [
    appArmor,
    capabilitiesBaseline,
    ...SHARED_BASELINE,
    hostPaths,
    hostPorts,
    probeHosts,
    privileged,
    procMount,
    seLinux,
    seccompBaseline,
    sysctls,
    hostProcess,
  ],
  restricted: [
    appArmor,
    ...SHARED_BASELINE,
    hostPorts,
    probeHosts,
    privileged,
    procMount,
    seLinux,
    sysctls,
    hostProcess,
    privilegeEscalation,
    capabilitiesRestricted,
    volumeTypes,
    nonRoot,
    runAsUser,
    seccompRestricted,
  ],
};
