import { describe, expect, it } from 'vitest';
import { parseClusterDocument } from './parse.ts';

describe('cluster document', () => {
  it('has one master and three minions by default', () => {
    const document = parseClusterDocument('');
    expect(document.masters.map(({ name, ip }) => `${name} ${ip}`)).toEqual(['master-1 10.0.0.10']);
    expect(document.minions.map(({ name, ip }) => `${name} ${ip}`)).toEqual([
      'minion-1 10.0.1.1',
      'minion-2 10.0.1.2',
      'minion-3 10.0.1.3',
    ]);
    expect(document.masters[0]!.taints).toEqual([{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]);
  });

  it('takes machines by count or by list', () => {
    const document = parseClusterDocument('masters: [{ name: minikube, taints: [] }]\nminions: 300\nrelease: v1.6');
    expect(document.masters[0]).toMatchObject({ name: 'minikube', taints: [] });
    expect(document.minions[299]).toMatchObject({ name: 'minion-300', ip: '10.0.2.44' });
    expect(document.release).toBe('v1.6');
  });

  it("accepts kind's configuration", () => {
    const document = parseClusterDocument(`
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes: [{ role: control-plane }, { role: worker, labels: { disk: ssd } }, { role: worker }]
networking: { podSubnet: 10.1.0.0/16 }`);
    expect(document.masters[0]!.name).toBe('kind-control-plane');
    expect(document.minions.map(({ name }) => name)).toEqual(['kind-worker', 'kind-worker2']);
    expect(document.minions[0]!.labels).toEqual({ disk: 'ssd' });
    expect(document.podCIDR).toBe('10.1.0.0/16');
  });

  it.each([
    ['minions: [', 'line 1: '],
    ['minions: -1', 'line 1: minions: must be a whole number from 0 to 5000'],
    ['seed: 1\nminion: 3', 'line 2: minion: unknown field; known are '],
    ['minions:\n- name: a\n- name: a', 'line 3: minions[1].name: "a" is the name of minions[0] already'],
    ['minions:\n- ip: 10.0.0.300', 'line 2: minions[0].ip: must be an IPv4 address'],
    ['serviceCIDR: 10.96.0.0', 'line 1: serviceCIDR: must be an IPv4 range'],
    ['- a', 'must be a mapping'],
    ['minions: 1\nmasters: 3', 'line 2: masters: clusters of several masters are not supported yet'],
    ['apiVersion: v1', 'line 1: apiVersion: "v1" is not known'],
    ['addons: [magic]', 'line 1: addons[0]: "magic" is not known; there are ingress'],
  ])('says what is wrong in %j, and where', (text, message) => {
    expect(() => parseClusterDocument(text)).toThrow(message);
  });
});
