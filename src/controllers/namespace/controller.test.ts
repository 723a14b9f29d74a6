import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../api/kinds.ts';
import { rootCaPublisher } from '../rootca/controller.ts';
import { serviceAccountController } from '../serviceaccount/controller.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { namespaceController } from './controller.ts';

function begin(): ControllerFixture {
  const fixture = controllerFixture({
    controllers: [namespaceController, serviceAccountController, rootCaPublisher],
    flags: { 'root-ca': 'PEM' },
    readyAfterMs: 200,
  });
  fixture.start();
  fixture.create(NAMESPACES, { metadata: { name: 'sub' } });
  fixture.advance(1000);
  return fixture;
}

const removeNamespace = (fixture: ControllerFixture): void => void fixture.run(fixture.client.delete(NAMESPACES, { name: 'sub' }));

describe('namespaces', () => {
  it('are furnished with a service account and the cluster certificate, again and again', () => {
    const fixture = begin();
    expect(fixture.get(SERVICE_ACCOUNTS, 'default', 'sub')).toBeDefined();
    expect(fixture.get(CONFIG_MAPS, 'kube-root-ca.crt', 'sub')!.data).toEqual({ 'ca.crt': 'PEM' });
    fixture.run(fixture.client.delete(SERVICE_ACCOUNTS, { namespace: 'sub', name: 'default' }));
    fixture.run(fixture.client.delete(CONFIG_MAPS, { namespace: 'sub', name: 'kube-root-ca.crt' }));
    fixture.advance(1000);
    expect(fixture.get(SERVICE_ACCOUNTS, 'default', 'sub')).toBeDefined();
    expect(fixture.get(CONFIG_MAPS, 'kube-root-ca.crt', 'sub')).toBeDefined();
  });

  it('go with all they hold', () => {
    const fixture = begin();
    fixture.create(PODS, { metadata: { name: 'p', namespace: 'sub' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } });
    fixture.create(CONFIG_MAPS, { metadata: { name: 'c', namespace: 'sub' } });
    fixture.advance(1000);
    removeNamespace(fixture);
    expect(fixture.get(NAMESPACES, 'sub')!.status!.phase).toBe('Terminating');
    fixture.advance(60_000);
    expect(fixture.get(NAMESPACES, 'sub')).toBeUndefined();
    expect(fixture.list(CONFIG_MAPS, 'sub')).toEqual([]);
  });

  it('say what keeps them', () => {
    const fixture = begin();
    fixture.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'sub', finalizers: ['hold.example/x'] } });
    removeNamespace(fixture);
    fixture.advance(10_000);
    expect(
      fixture.get(NAMESPACES, 'sub')!.status!.conditions!.map(({ type, status, reason, message }) => [type, status, reason, message]),
    ).toEqual([
      ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
      ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
      ['NamespaceDeletionContentFailure', 'False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
      ['NamespaceContentRemaining', 'True', 'SomeResourcesRemain', 'Some resources are remaining: configmaps. has 1 resource instances'],
      [
        'NamespaceFinalizersRemaining',
        'True',
        'SomeFinalizersRemain',
        'Some content in the namespace has finalizers remaining: hold.example/x in 1 resource instances',
      ],
    ]);
    fixture.patch(CONFIG_MAPS, 'a', { metadata: { finalizers: null } }, 'sub');
    fixture.advance(30_000);
    expect(fixture.get(NAMESPACES, 'sub')).toBeUndefined();
  });
});
