import type { DescriptionWriter } from './writer.ts';
import type { Volume } from 'kubernetes-types/core/v1';

/** Describes the volumes of a pod or template (kubectl describeVolumes). */
export function describeVolumes(w: DescriptionWriter, volumes: readonly Volume[] | undefined, space: string): void {
  if (!volumes || volumes.length === 0) {
    w.line(0, `${space}Volumes:\t<none>`);
    return;
  }
  w.line(0, `${space}Volumes:`);
  for (const volume of volumes) {
    w.line(1, `${space === '' ? '' : ' '}${volume.name}:`);
    for (const [name, value] of volumeLines(volume)) w.line(2, `${name}:\t${value}`);
  }
}

export type VolumeLine = readonly [name: string, value: unknown];

/** What is told of a volume's source, or of a persistent volume's. */
export function volumeLines(volume: Omit<Volume, 'name'>): VolumeLine[] {
  const { hostPath, emptyDir, configMap, secret, persistentVolumeClaim, downwardAPI, projected, nfs, csi } = volume;
  if (hostPath) return [type('HostPath (bare host directory volume)'), ['Path', hostPath.path], ['HostPathType', hostPath.type ?? '']];
  if (emptyDir)
    return [
      type("EmptyDir (a temporary directory that shares a pod's lifetime)"),
      ['Medium', emptyDir.medium ?? ''],
      ['SizeLimit', emptyDir.sizeLimit && emptyDir.sizeLimit !== '0' ? emptyDir.sizeLimit : '<unset>'],
    ];
  if (configMap)
    return [
      type('ConfigMap (a volume populated by a ConfigMap)'),
      ['Name', configMap.name ?? ''],
      ['Optional', configMap.optional ?? false],
    ];
  if (secret)
    return [
      type('Secret (a volume populated by a Secret)'),
      ['SecretName', secret.secretName ?? ''],
      ['Optional', secret.optional ?? false],
    ];
  if (persistentVolumeClaim) {
    return [
      type('PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'),
      ['ClaimName', persistentVolumeClaim.claimName],
      ['ReadOnly', persistentVolumeClaim.readOnly ?? false],
    ];
  }
  if (downwardAPI) {
    const items = (downwardAPI.items ?? [])
      .filter(({ fieldRef }) => fieldRef)
      .map(({ fieldRef, path }): VolumeLine => [`  ${fieldRef!.fieldPath} -> ${path}`, '']);
    return [type('DownwardAPI (a volume populated by information about the pod)'), ['Items', ''], ...items];
  }
  if (projected)
    return [type('Projected (a volume that contains injected data from multiple sources)'), ...projectedLines(projected.sources ?? [])];
  if (nfs)
    return [
      type('NFS (an NFS mount that lasts the lifetime of a pod)'),
      ['Server', nfs.server],
      ['Path', nfs.path],
      ['ReadOnly', nfs.readOnly ?? false],
    ];
  if (csi)
    return [
      type('CSI (a Container Storage Interface (CSI) volume source)'),
      ['Driver', csi.driver],
      ['FSType', csi.fsType ?? ''],
      ['ReadOnly', csi.readOnly ?? false],
    ];
  return otherLines(volume);
}

function type(text: string): VolumeLine {
  return ['Type', text];
}

type ProjectedSource = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

function projectedLines(sources: readonly ProjectedSource[]): VolumeLine[] {
  const lines: VolumeLine[] = [];
  for (const { secret, configMap, downwardAPI, serviceAccountToken } of sources) {
    if (secret) lines.push(['SecretName', secret.name ?? ''], ['Optional', secret.optional ?? false]);
    else if (downwardAPI) lines.push(['DownwardAPI', 'true']);
    else if (configMap) lines.push(['ConfigMapName', configMap.name ?? ''], ['Optional', configMap.optional ?? false]);
    else if (serviceAccountToken) lines.push(['TokenExpirationSeconds', serviceAccountToken.expirationSeconds ?? 3600]);
  }
  return lines;
}

function otherLines(volume: Omit<Volume, 'name'>): VolumeLine[] {
  const [kind, source] = Object.entries(volume).find(([, value]) => typeof value === 'object' && value !== null) ?? [];
  if (!kind) return [type('<unknown>')];
  const fields = Object.entries(source as object).map(([name, value]): VolumeLine => [
    name[0]!.toUpperCase() + name.slice(1),
    typeof value === 'object' ? JSON.stringify(value) : value,
  ]);
  return [type(kind[0]!.toUpperCase() + kind.slice(1)), ...fields];
}
