import { beforeEach, describe, expect, it } from 'vitest';
import { ADMINISTRATOR } from '../users.ts';
import { testServer, type TestServer } from '../testing.ts';
import type { HttpResponse } from '../../net/http.ts';
import type { KubeObject } from '../../api/object.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/n/configmaps';
const RULES = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] }];

let test: TestServer;

function ask(method: string, path: string, body?: object): HttpResponse {
  const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
  return test.run(test.client.raw({ method, path, query: [], headers, body, identity: ADMINISTRATOR } as never));
}

function message(response: HttpResponse): string {
  return (response.body as KubeObject & { message?: string }).message?.replace(/.*denied request: /, '') ?? '';
}

function policy(name: string, spec: object, binding: object = {}): void {
  const created = ask('POST', `${GROUP}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: { matchConstraints: { resourceRules: RULES }, ...spec },
  });
  expect(message(created)).toBe('');
  const bound = ask('POST', `${GROUP}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], ...binding },
  });
  expect(message(bound)).toBe('');
  test.advance(100);
}

const map = (name: string, data?: object) => ({ metadata: { name }, ...(data && { data }) });

beforeEach(() => {
  test = testServer({ namespace: 'n' });
});

describe('policies', () => {
  it('see the object, the old object, the request and the namespace', () => {
    policy('p', {
      validations: [
        { expression: "request.operation != 'UPDATE' || object.data.a == oldObject.data.a", message: 'a stays' },
        { expression: "request.operation == 'DELETE' || object.metadata.name != request.namespace", message: 'no namesake' },
        { expression: "namespaceObject.metadata.name == 'n'", message: 'only n' },
        { expression: "request.userInfo.groups.exists(g, g == 'system:masters')" },
      ],
    });
    expect(ask('POST', MAPS, map('x', { a: '1' })).status).toBe(201);
    expect(message(ask('PATCH', `${MAPS}/x`, { data: { a: '2' } }))).toBe('a stays');
    expect(message(ask('POST', MAPS, map('n')))).toBe('no namesake');
    expect(ask('DELETE', `${MAPS}/x`).status).toBe(200);
  });

  it('compute variables once they are read, each from those before it', () => {
    policy('p', {
      variables: [
        { name: 'size', expression: 'has(object.data) ? object.data.size() : 0' },
        { name: 'isLarge', expression: 'variables.size > 1' },
      ],
      validations: [{ expression: '!variables.isLarge', messageExpression: "'has ' + string(variables.size)" }],
    });
    expect(ask('POST', MAPS, map('x', { a: '1' })).status).toBe(201);
    expect(message(ask('POST', MAPS, map('y', { a: '1', b: '2' })))).toBe('has 2');
  });

  it('speak only where their conditions hold', () => {
    policy('p', {
      matchConditions: [{ name: 'c', expression: "object.metadata.name.startsWith('a')" }],
      validations: [{ expression: 'false' }],
    });
    expect(ask('POST', MAPS, map('b')).status).toBe(201);
    expect(message(ask('POST', MAPS, map('a')))).toBe('failed expression: false');
  });

  it('refuse what they cannot evaluate, unless they are to ignore that', () => {
    policy('p', { validations: [{ expression: "object.data.a == '1'" }] });
    expect(message(ask('POST', MAPS, map('x')))).toBe("expression 'object.data.a == '1'' resulted in error: no such key: data");
    ask('PATCH', `${GROUP}/validatingadmissionpolicies/p`, { spec: { failurePolicy: 'Ignore' } });
    test.advance(100);
    expect(ask('POST', MAPS, map('x')).status).toBe(201);
  });

  it('take parameters that their binding names', () => {
    policy(
      'p',
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: { resourceRules: [{ ...RULES[0]!, resources: ['secrets'] }] },
        validations: [{ expression: 'object.metadata.name in params.data' }],
      },
      { paramRef: { name: 'allowed', namespace: 'n', parameterNotFoundAction: 'Deny' } },
    );
    const secret = (name: string) => ask('POST', '/api/v1/namespaces/n/secrets', { metadata: { name } });
    expect(message(secret('a'))).toBe(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    );
    ask('POST', MAPS, map('allowed', { a: '' }));
    test.advance(100);
    expect(secret('a').status).toBe(201);
    expect(message(secret('b'))).toBe('failed expression: object.metadata.name in params.data');
  });

  it('warn and let pass where their binding says so, beside others that refuse', () => {
    policy('a', { validations: [{ expression: 'false', message: 'no' }] }, { validationActions: ['Warn', 'Audit'] });
    const warned = ask('POST', MAPS, map('x'));
    expect([warned.status, warned.headers.warning]).toEqual([
      201,
      `299 - "Validation failed for ValidatingAdmissionPolicy 'a' with binding 'a': no"`,
    ]);
    policy('b', { validations: [{ expression: 'false', message: 'never', reason: 'Unauthorized' }] });
    const refused = ask('POST', MAPS, map('y'));
    expect([refused.status, message(refused), refused.headers.warning !== undefined]).toEqual([401, 'never', true]);
  });

  it('end when they cost too much', () => {
    const ten = '[1,2,3,4,5,6,7,8,9,10]';
    const deep = `${ten}.all(a, ${ten}.all(b, ${ten}.all(c, ${ten}.all(d, ${ten}.all(e, ${ten}.all(f, ${ten}.all(g, a + b + c + d + e + f + g > 0)))))))`;
    policy('p', { validations: [{ expression: deep }] });
    expect(message(ask('POST', MAPS, map('x')))).toMatch(/resulted in error: operation cancelled: actual cost limit exceeded$/);
  });

  it.each<[string, object, string]>([
    [
      'expressions of other types',
      { validations: [{ expression: '1' }] },
      'spec.validations[0].expression: Invalid value: "1": must evaluate to bool',
    ],
    [
      'fields that requests do not have',
      { validations: [{ expression: "request.nope == ''" }] },
      "spec.validations[0].expression: Invalid value: \"request.nope == ''\": compilation failed: ERROR: <input>:1:8: undefined field 'nope'\n | request.nope == ''\n | .......^",
    ],
    [
      'parameters without a kind',
      { validations: [{ expression: 'params.a' }] },
      "spec.validations[0].expression: Invalid value: \"params.a\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.a\n | ^",
    ],
    [
      'variables that come later',
      {
        variables: [
          { name: 'a', expression: 'variables.b' },
          { name: 'b', expression: '1' },
        ],
        validations: [{ expression: 'true' }],
      },
      'spec.variables[0].expression: Invalid value: "variables.b": compilation failed: ERROR: <input>:1:10: undefined field \'b\'\n | variables.b\n | .........^',
    ],
  ])('are refused for %s', (_name, spec, expected) => {
    const response = ask('POST', `${GROUP}/validatingadmissionpolicies`, {
      metadata: { name: 'p' },
      spec: { matchConstraints: { resourceRules: RULES }, ...spec },
    });
    expect(response.status).toBe(422);
    expect(message(response)).toContain(expected);
  });
});
