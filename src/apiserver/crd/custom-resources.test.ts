import { beforeEach, describe, expect, it } from 'vitest';
import { createApiServer } from '../server.ts';
import { ADMINISTRATOR } from '../users.ts';
import { testServer, type TestServer } from '../testing.ts';
import type { HttpResponse } from '../../net/http.ts';
import type { KubeObject } from '../../api/object.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/x.io/v1/namespaces/n/widgets';

let test: TestServer;

function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): HttpResponse {
  const [plain, query = ''] = path.split('?', 2) as [string, string | undefined];
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('=', 2) as [string, string]);
  return test.run(
    test.client.raw({
      method,
      path: plain,
      query: pairs,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', ...headers },
      body,
      identity: ADMINISTRATOR,
    } as never),
  );
}

const bodyOf = (response: HttpResponse) => response.body as KubeObject & { message?: string; items?: KubeObject[] };

function version(name: string, properties: object = { a: { type: 'string' } }, more: object = {}): object {
  return {
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
    ...more,
  };
}

function definition(versions: object[], names: object = { plural: 'widgets', kind: 'Widget' }, name = 'widgets'): object {
  return { metadata: { name: `${name}.x.io` }, spec: { group: 'x.io', scope: 'Namespaced', names, versions } };
}

function define(...versions: object[]): void {
  expect(ask('POST', DEFINITIONS, definition(versions)).status).toBe(201);
  test.advance(100);
}

const widget = (name: string, spec: object = {}, more: object = {}) => ({
  apiVersion: 'x.io/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
  ...more,
});
const conditions = (name = 'widgets') =>
  ((bodyOf(ask('GET', `${DEFINITIONS}/${name}.x.io`)).status?.conditions ?? []) as { type: string; status: string; reason: string }[]).map(
    ({ type, status, reason }) => `${type}=${status} ${reason}`,
  );

beforeEach(() => {
  test = testServer({ namespace: 'n' });
});

describe('a definition', () => {
  it('is established, and its resources are served as soon as it says so', () => {
    define(version('v1'));
    expect(conditions()).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
    expect(ask('POST', WIDGETS, widget('one')).status).toBe(201);
  });

  it('waits for names that another of its group has', () => {
    define(version('v1'));
    ask('POST', DEFINITIONS, definition([version('v1')], { plural: 'gadgets', singular: 'widget', kind: 'Gadget' }, 'gadgets'));
    test.advance(100);
    expect(conditions('gadgets')).toEqual(['NamesAccepted=False SingularConflict', 'Established=False NotAccepted']);
    ask('DELETE', `${DEFINITIONS}/widgets.x.io`);
    test.advance(10_000);
    expect(conditions('gadgets')).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
  });

  it('takes its objects along, waits for those that something holds, and lets none be made meanwhile', () => {
    define(version('v1'));
    ask('POST', WIDGETS, widget('free'));
    ask('POST', WIDGETS, widget('held', {}, { metadata: { name: 'held', finalizers: ['x.io/f'] } }));
    expect(ask('DELETE', `${DEFINITIONS}/widgets.x.io`).status).toBe(200);
    test.advance(1_000);
    expect(bodyOf(ask('GET', WIDGETS)).items?.map(({ metadata }) => metadata!.name)).toEqual(['held']);
    expect(conditions()).toContain('Terminating=True InstanceDeletionInProgress');
    expect(ask('POST', WIDGETS, widget('late')).status).toBe(405);
    expect(ask('PATCH', `${WIDGETS}/held`, { metadata: { finalizers: null } }).status).toBe(200);
    test.advance(10_000);
    expect(ask('GET', `${DEFINITIONS}/widgets.x.io`).status).toBe(404);
    expect(ask('GET', WIDGETS).status).toBe(404);
  });

  it('changes how objects are read that were written before', () => {
    define(version('v1', { a: { type: 'string' } }));
    ask('POST', WIDGETS, widget('one', { a: 'x' }));
    const versions = [version('v1', { b: { type: 'integer', default: 7 } })];
    expect(ask('PATCH', `${DEFINITIONS}/widgets.x.io`, { spec: { versions } }).status).toBe(200);
    test.advance(100);
    expect(bodyOf(ask('GET', `${WIDGETS}/one`)).spec).toEqual({ b: 7 });
    expect(bodyOf(ask('GET', WIDGETS)).items![0]!.spec).toEqual({ b: 7 });
  });

  it('serves the objects of a store that a new server finds', () => {
    define(version('v1'));
    ask('POST', WIDGETS, widget('one', { a: 'x' }));
    const group = test.kernel.root.child('second');
    const second = createApiServer({
      kernel: test.kernel,
      group,
      store: test.store,
      rng: test.kernel.rng.fork('second'),
      address: '10.0.0.11',
    });
    test.run(second.ready());
    const request = { method: 'GET', path: WIDGETS, query: [], headers: {}, identity: ADMINISTRATOR };
    const response = test.run(second.handle(request as never));
    expect(bodyOf(response).items?.map(({ spec }) => spec)).toEqual([{ a: 'x' }]);
  });
});

describe('objects', () => {
  it('are shown in every version, with what its schema knows, and stored in one', () => {
    define(
      version('v1', { a: { type: 'string' }, b: { type: 'string', default: 'd' } }),
      version('v2', { a: { type: 'string', maxLength: 2 } }),
    );
    const path = '/apis/x.io/v2/namespaces/n/widgets';
    expect(bodyOf(ask('POST', path, widget('long', { a: 'long' }, { apiVersion: 'x.io/v2' }))).message).toContain('spec.a: Too long');
    expect(ask('POST', path, widget('one', { a: 'x' }, { apiVersion: 'x.io/v2' })).status).toBe(201);
    expect(bodyOf(ask('GET', `${path}/one`))).toMatchObject({ apiVersion: 'x.io/v2', spec: { a: 'x' } });
    expect(bodyOf(ask('GET', `${WIDGETS}/one`))).toMatchObject({ apiVersion: 'x.io/v1', spec: { a: 'x', b: 'd' } });
    const stored = test.run(test.store.get('/registry/widgets.x.io/n/one'));
    expect((stored!.value as KubeObject).apiVersion).toBe('x.io/v1');
  });

  it('count generations by everything but metadata and a status of their own', () => {
    define(version(
      'v1',
      {},
      { subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    ));
    const generation = (response: HttpResponse) => bodyOf(response).metadata!.generation;
    expect(generation(ask('POST', WIDGETS, widget('one')))).toBe(1);
    expect(generation(ask('PATCH', `${WIDGETS}/one`, { other: 1 }))).toBe(2);
    expect(generation(ask('PATCH', `${WIDGETS}/one`, { metadata: { labels: { a: 'b' } } }))).toBe(2);
    expect(generation(ask('PATCH', `${WIDGETS}/one/status`, { status: { a: 1 }, other: 2 }))).toBe(2);
    expect(bodyOf(ask('GET', `${WIDGETS}/one`))).toMatchObject({ other: 1, status: { a: 1 } });
  });

  it('are refused, warned of or pruned where they hold unknown fields', () => {
    define(version('v1'));
    const given = widget('one', { a: 'x', b: 1 }, { metadata: { name: 'one', c: 1 } });
    expect(bodyOf(ask('POST', `${WIDGETS}?fieldValidation=Strict`, given)).message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "metadata.c", unknown field "spec.b"',
    );
    const warned = ask('POST', `${WIDGETS}?dryRun=All&fieldValidation=Warn`, given);
    expect([warned.status, warned.headers.warning]).toEqual([
      201,
      '299 - "unknown field \\"metadata.c\\""\n299 - "unknown field \\"spec.b\\""',
    ]);
    const ignored = ask('POST', `${WIDGETS}?fieldValidation=Ignore`, given);
    expect([ignored.status, ignored.headers.warning, bodyOf(ignored).spec]).toEqual([201, undefined, { a: 'x' }]);
  });

  it('have replicas where their definition says', () => {
    const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' };
    define(version('v1', { size: { type: 'integer' } }, { subresources: { scale } }));
    ask('POST', WIDGETS, widget('none'));
    expect(bodyOf(ask('GET', `${WIDGETS}/none/scale`)).message).toBe(
      'Internal error occurred: the spec replicas field ".spec.size" does not exist',
    );
    expect(bodyOf(ask('PATCH', `${WIDGETS}/none/scale`, { metadata: {} })).message).toBe(
      'the spec replicas field ".spec.size" cannot be empty',
    );
    expect(bodyOf(ask('PATCH', `${WIDGETS}/none/scale`, { spec: { replicas: 3 } })).spec).toEqual({ replicas: 3 });
    expect(bodyOf(ask('GET', `${WIDGETS}/none`)).spec).toEqual({ size: 3 });
  });
});
