import { expect, it } from 'vitest';
import { CONFIG_MAPS } from '../api/kinds.ts';
import { ADMINISTRATOR } from './users.ts';
import { testServer } from './testing.ts';
import type { HttpResponse } from '../net/http.ts';

it('counts requests by what they ask for, and those for what does not exist together', () => {
  const { client, server, run } = testServer({ namespace: 'shop' });
  const get = (path: string): HttpResponse => run(server.handle({ method: 'GET', path, query: [], headers: {}, identity: ADMINISTRATOR }));
  run(client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'shop' } }));
  get('/api/v1/namespaces/shop/configmaps/a');
  get('/api/v1/namespaces/shop/nonsense/a');
  get('/api/v1/namespaces/shop/rubbish/a');
  const text = get('/metrics').body as string;
  expect(text).toContain(
    'apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="configmaps",scope="namespace",subresource="",verb="POST",version="v1"} 1\n',
  );
  expect(text).toContain(
    'code="200",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"} 1\n',
  );
  expect(text).toContain(
    'code="404",component="apiserver",dry_run="",group="",resource="",scope="",subresource="",verb="GET",version=""} 2\n',
  );
  expect(text).toContain('apiserver_storage_objects{resource="configmaps"} 1\n');
});
