import { quantityValue, cpuMillis } from '../../api/quantity.ts';
import { goList, longTime, orNone, titled } from './format.ts';
import type { DescriptionWriter } from './writer.ts';
import type { Container, ContainerState, ContainerStatus, EnvVar, Pod, Probe, ResourceRequirements } from 'kubernetes-types/core/v1';

/** Describes containers; with `pod`, references to its fields are resolved. `space` shifts everything (kubectl describeContainers). */
export function describeContainers(
  w: DescriptionWriter,
  label: string,
  containers: readonly Container[] | undefined,
  statuses: readonly ContainerStatus[] | undefined,
  pod: Pod | undefined,
  space: string,
): void {
  const list = containers ?? [];
  w.line(0, `${space}${label}:${list.length === 0 ? ' <none>' : ''}`);
  for (const container of list) {
    const status = statuses?.find(({ name }) => name === container.name);
    describeBasics(w, container, status, space);
    describeWords(w, 'Command', container.command);
    describeWords(w, 'Args', container.args);
    if (status) describeState(w, status);
    describeResources(w, container.resources, 2);
    describeProbes(w, container);
    describeEnvironment(w, container, pod);
    describeMounts(w, container);
  }
}

function describeBasics(w: DescriptionWriter, container: Container, status: ContainerStatus | undefined, space: string): void {
  w.line(1, `${space === '' ? '' : ' '}${container.name}:`);
  if (status) w.line(2, `Container ID:\t${status.containerID ?? ''}`);
  w.line(2, `Image:\t${container.image ?? ''}`);
  if (status) w.line(2, `Image ID:\t${status.imageID ?? ''}`);
  const ports = container.ports ?? [];
  const list = (numberOf: (port: (typeof ports)[number]) => number) =>
    ports.map((port) => `${numberOf(port)}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`).join(', ');
  const own = list(({ containerPort }) => containerPort);
  const host = list(({ hostPort }) => hostPort ?? 0);
  w.line(2, ports.length > 1 ? `Ports:\t${own}` : `Port:\t${orNone(own)}`);
  w.line(2, ports.length > 1 ? `Host Ports:\t${host}` : `Host Port:\t${orNone(host)}`);
  const seccomp = container.securityContext?.seccompProfile;
  if (seccomp) w.line(2, `SeccompProfile:\t${seccomp.type}`);
}

function describeWords(w: DescriptionWriter, title: string, words: readonly string[] | undefined): void {
  if (!words || words.length === 0) return;
  w.line(2, `${title}:`);
  for (const word of words) for (const line of word.split('\n')) w.line(3, line);
}

function describeState(w: DescriptionWriter, status: ContainerStatus): void {
  describeOneState(w, 'State', status.state);
  if (status.lastState?.terminated) describeOneState(w, 'Last State', status.lastState);
  w.line(2, `Ready:\t${titled(status.ready)}`);
  w.line(2, `Restart Count:\t${status.restartCount ?? 0}`);
}

function describeOneState(w: DescriptionWriter, title: string, state: ContainerState | undefined): void {
  if (state?.running) {
    w.line(2, `${title}:\tRunning`);
    w.line(3, `Started:\t${longTime(state.running.startedAt)}`);
    return;
  }
  const { terminated } = state ?? {};
  if (terminated) {
    w.line(2, `${title}:\tTerminated`);
    if (terminated.reason) w.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) w.line(3, `Message:\t${terminated.message}`);
    w.line(3, `Exit Code:\t${terminated.exitCode}`);
    if (terminated.signal) w.line(3, `Signal:\t${terminated.signal}`);
    w.line(3, `Started:\t${longTime(terminated.startedAt)}`);
    w.line(3, `Finished:\t${longTime(terminated.finishedAt)}`);
    return;
  }
  w.line(2, `${title}:\tWaiting`);
  if (state?.waiting?.reason) w.line(3, `Reason:\t${state.waiting.reason}`);
}

export function describeResources(w: DescriptionWriter, resources: ResourceRequirements | undefined, level: number): void {
  for (const [title, amounts] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = Object.keys(amounts ?? {}).sort();
    if (names.length > 0) w.line(level, `${title}:`);
    for (const name of names) w.line(level + 1, `${name}:\t${amounts![name]}`);
  }
}

function describeProbes(w: DescriptionWriter, container: Container): void {
  if (container.livenessProbe) w.line(2, `Liveness:\t${probeText(container.livenessProbe)}`);
  if (container.readinessProbe) w.line(2, `Readiness:\t${probeText(container.readinessProbe)}`);
  if (container.startupProbe) w.line(2, `Startup:\t${probeText(container.startupProbe)}`);
}

function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe;
  const times = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec) return `exec ${goList(exec.command)} ${times}`;
  if (httpGet) {
    const path = httpGet.path ?? '';
    return `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${path === '' || path.startsWith('/') ? path : `/${path}`} ${times}`;
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${times}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${times}`;
  return `unknown ${times}`;
}

function describeEnvironment(w: DescriptionWriter, container: Container, pod: Pod | undefined): void {
  const sources = container.envFrom ?? [];
  if (sources.length > 0) w.line(2, 'Environment Variables from:');
  for (const { configMapRef, secretRef, prefix } of sources) {
    const from = configMapRef ? 'ConfigMap' : 'Secret';
    const { name = '', optional = false } = configMapRef ?? secretRef ?? {};
    w.line(3, `${name}\t${from}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${optional}`);
  }
  const variables = container.env ?? [];
  w.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`);
  for (const variable of variables) describeVariable(w, variable, container, pod);
}

function describeVariable(w: DescriptionWriter, { name, value = '', valueFrom }: EnvVar, container: Container, pod: Pod | undefined): void {
  if (!valueFrom) {
    value.split('\n').forEach((line, at) => w.line(3, at === 0 ? `${name}:\t${line}` : `\t${line}`));
    return;
  }
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef)
    w.line(3, `${name}:\t${pod ? fieldValue(pod, fieldRef.fieldPath) : ''} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`);
  else if (resourceFieldRef) w.line(3, `${name}:\t${resourceValue(container, resourceFieldRef)} (${resourceFieldRef.resource})`);
  else if (secretKeyRef)
    w.line(
      3,
      `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>\tOptional: ${secretKeyRef.optional ?? false}`,
    );
  else if (configMapKeyRef)
    w.line(
      3,
      `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>\tOptional: ${configMapKeyRef.optional ?? false}`,
    );
}

function fieldValue(pod: Pod, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return pod.metadata?.[keyed[1] as 'labels']?.[keyed[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata?.name ?? '';
    case 'metadata.namespace':
      return pod.metadata?.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata?.uid ?? '';
    default:
      // Like kubectl, which resolves metadata only, and leaves the rest to the reader.
      return '';
  }
}

function resourceValue(container: Container, { resource, divisor }: { resource: string; divisor?: string }): string {
  const [list, name] = resource.split('.') as ['limits' | 'requests', string];
  const amount = container.resources?.[list]?.[name];
  if (amount === undefined) return list === 'limits' && (name === 'cpu' || name === 'memory') ? 'node allocatable' : '0';
  const unit = divisor && divisor !== '0' ? divisor : '1';
  return name === 'cpu'
    ? String(Math.ceil(cpuMillis(amount) / cpuMillis(unit)))
    : String(Math.ceil(quantityValue(amount) / quantityValue(unit)));
}

function describeMounts(w: DescriptionWriter, container: Container): void {
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  w.line(2, `Mounts:${mounts.length === 0 ? '\t<none>' : ''}`);
  for (const { mountPath, name, readOnly, subPath } of mounts) {
    w.line(3, `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath ? `,path=${JSON.stringify(subPath)}` : ''})`);
  }
  const devices = [...(container.volumeDevices ?? [])].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1));
  if (devices.length > 0) w.line(2, 'Devices:');
  for (const { devicePath, name } of devices) w.line(3, `${devicePath} from ${name}`);
}
