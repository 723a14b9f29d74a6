import { expect, it } from 'vitest';
import { PODS, SECRETS, SERVICES } from '../../api/kinds.ts';
import { builtin } from '../../api/kind.ts';
import { controllerFixture } from '../testing.ts';
import { resourceQuotaController } from './controller.ts';
import type { ResourceQuota } from '../../api/kinds.ts';

const RESOURCE_QUOTAS = builtin<ResourceQuota>('v1', 'resourcequotas');

it('the resource quota controller counts what is used and what is free again', () => {
  const fixture = controllerFixture({ controllers: [resourceQuotaController] });
  fixture.start();
  const hard = {
    pods: '5',
    'requests.cpu': '1',
    'limits.memory': '1Gi',
    secrets: '5',
    'count/deployments.apps': '2',
    'services.nodeports': '3',
  };
  fixture.create(RESOURCE_QUOTAS, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard },
  });
  fixture.advance(1000);
  const used = () => fixture.get(RESOURCE_QUOTAS, 'q')!.status!.used!;
  expect(used()).toEqual({
    pods: '0',
    'requests.cpu': '0',
    'limits.memory': '0',
    secrets: '0',
    'count/deployments.apps': '0',
    'services.nodeports': '0',
  });
  const resources = { requests: { cpu: '150m' }, limits: { memory: '256Mi' } };
  for (const name of ['a', 'b']) {
    fixture.create(PODS, { metadata: { name, namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'nginx', resources }] } });
  }
  fixture.create(SECRETS, { metadata: { name: 's', namespace: 'default' } });
  fixture.create(SERVICES, { metadata: { name: 's', namespace: 'default' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
  fixture.advance(2000);
  expect(used()).toMatchObject({ pods: '2', 'requests.cpu': '300m', 'limits.memory': '512Mi', secrets: '1', 'services.nodeports': '1' });
  fixture.run(fixture.client.delete(PODS, { namespace: 'default', name: 'a' }));
  fixture.run(
    fixture.client.patch(PODS, { namespace: 'default', name: 'b' }, 'merge', { status: { phase: 'Failed' } }, { subresource: 'status' }),
  );
  fixture.advance(1000);
  expect(used()).toMatchObject({ pods: '0', 'requests.cpu': '0' });
});
