import { refuse, refuseForGood, type Plugin } from '../framework.ts';
import { matchesNode } from './node-affinity.ts';
import type { WorkloadListers } from './listers.ts';

const STATE = 'VolumeBinding';

/** Claims must exist; a bound volume's node affinity decides, an unbound claim of immediate mode waits. */
export function volumeBinding(listers: WorkloadListers): Plugin {
  return {
    name: 'VolumeBinding',
    retriesAfter: ['claim-changed', 'node-added', 'node-labels'],
    preFilter(pod, _cluster, state) {
      const names = (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
      if (names.length === 0) return 'skip';
      const volumes = [];
      for (const name of names) {
        const claim = listers.claims.get(`${pod.pod.metadata.namespace}/${name}`);
        if (!claim) return refuseForGood(`persistentvolumeclaim "${name}" not found`);
        if (claim.metadata.deletionTimestamp) return refuseForGood(`persistentvolumeclaim "${name}" is being deleted`);
        if (!claim.spec?.volumeName) return refuseForGood('pod has unbound immediate PersistentVolumeClaims');
        const volume = listers.volumes.get(claim.spec.volumeName);
        if (volume) volumes.push(volume);
      }
      state.set(STATE, volumes);
      return undefined;
    },
    filter(_pod, node, state) {
      for (const volume of state.get(STATE) as { spec?: { nodeAffinity?: { required?: unknown } } }[]) {
        const required = volume.spec?.nodeAffinity?.required;
        if (!required) continue;
        const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required as never } };
        if (!matchesNode({ containers: [], affinity }, node)) return refuse("node(s) didn't match PersistentVolume's node affinity");
      }
      return undefined;
    },
  };
}
