import { afterAll, beforeAll, expect, it } from 'vitest';
import { enableFreezing } from '../base/freeze.ts';
import { decode } from '../api/decode.ts';
import { typeOf } from '../api/schema.ts';
import { BEHAVIOURS } from '../api/behaviours.ts';
import { deepEqual } from '../base/equal.ts';
import { ADMINISTRATOR } from './users.ts';
import { exchange } from './edge.ts';
import { testServer } from './testing.ts';
import { mutated, validRequest } from './fuzz-requests.ts';
import { Rng } from '../sim/rng.ts';
import type { KubeObject } from '../api/object.ts';
import type { HttpRequest } from '../net/http.ts';

/** FUZZ_SEED and FUZZ_REQUESTS look elsewhere and longer. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_105);
/** An answer comes within so many events and so much time of the cluster, or never. */
const MOST_EVENTS = 5_000;
const LONGEST_MS = 20_000;
const MOST_FAILURES = 20;

/** What Kubernetes itself answers with 500 (golden/NOTES.md). */
const KUBERNETES_OWN_500 = [
  /resourceVersion should not be set on objects to be created/,
  /invalid resource ?version|strconv\.ParseUint/i,
  /does not contain declared merge key|doesn't match|order list|\$setElementOrder|\$retainKeys|\$patch|map: map\[.*\] does not contain|expected a \[\]interface \{\}, but received a|unable to find api field in struct|list element types are not identical/,
  // Logs of a pod on a node without a kubelet.
  /no preferred addresses found/,
  /failed to create (manager|typed patch object)|failed to convert new object|\.[a-zA-Z]+: (field not declared in schema|duplicate entries|expected)/,
  /more than one PodDisruptionBudget/,
  // Bindings are checked outside of what makes errors of fields invalid.
  /target\.(name: Required|kind: Unsupported) value/,
];

const behaviours = new Map([...BEHAVIOURS.values()].map((behaviour) => [`${behaviour.kind.apiVersion}/${behaviour.kind.kind}`, behaviour]));

/** What Kubernetes stores unchecked: prefixes of names on update, nodes that a binding names. */
const UNCHECKED = new Set(['metadata.generateName', 'spec.nodeName']);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The server with what it says of bugs. */
function fuzzServer() {
  const panics: unknown[] = [];
  const made = testServer({ namespace: 'fuzz', onPanic: (error) => panics.push(error) });
  made.run(made.server.ready());
  const { kernel, server } = made;
  const edge = kernel.root.child('edge');
  /** Sends a request and waits for the head of the answer; hangs up on what goes on. */
  const send = (request: HttpRequest): Answer | undefined => {
    let answer: Answer | undefined;
    let text = '';
    const hangUp = exchange(
      edge,
      server.handle,
      { ...request, ...(request.headers.authorization === undefined && { identity: ADMINISTRATOR }) },
      {
        head: (status) => (answer = { status, text: '' }),
        chunk: (data) => (text += typeof data === 'string' ? data : ''),
        end: () => {},
      },
    );
    const limitMs = kernel.now + LONGEST_MS;
    for (let i = 0; i < MOST_EVENTS && !answer && kernel.step(limitMs); i++);
    hangUp();
    return answer && { ...answer, text };
  };
  return { ...made, panics, send };
}

function requestFrom(rng: Rng): HttpRequest {
  const draft = validRequest(rng);
  if (!rng.chance(1, 10)) return mutated(rng, draft);
  const { body, ...rest } = draft;
  return { ...rest, ...(body !== undefined && { body: JSON.stringify(body) }) };
}

function show({ method, path, query, headers, body }: HttpRequest): string {
  return JSON.stringify({ method, path, query, headers, body });
}

beforeAll(() => enableFreezing(true));
afterAll(() => enableFreezing(false));

it(
  `answers ${REQUESTS.toLocaleString('en')} mutations of valid requests, fails at none of them and stores only what is valid`,
  { timeout: 120_000 },
  () => {
    const { send, panics, store } = fuzzServer();
    const rng = new Rng(SEED);
    /** By what went wrong, with the first request that showed it. */
    const failures = new Map<string, string>();
    const counts = new Map<number, number>();
    const written: { key: string; value: unknown }[] = [];
    store.observe(({ type, kv }) => {
      if (type === 'PUT') written.push(kv);
    });
    for (let i = 0; i < REQUESTS && failures.size < MOST_FAILURES; i++) {
      const request = requestFrom(rng);
      const fail = (what: string, more = ''): void => {
        if (!failures.has(what)) failures.set(what, `${show(request)}\n${more}`);
      };
      const answer = send(request);
      counts.set(answer?.status ?? 0, (counts.get(answer?.status ?? 0) ?? 0) + 1);
      if (!answer) fail('no answer');
      else if (panics.length > 0) fail(String((panics.splice(0)[0] as Error).stack));
      else if (answer.status === 500 && !KUBERNETES_OWN_500.some((known) => known.test(answer.text))) fail(answer.text);
      for (const { key, value } of written.splice(0)) {
        const problem = problemOf(value as KubeObject);
        if (problem) fail(`${key} ${problem}`, JSON.stringify(value));
      }
    }
    expect([...failures].map((failure) => failure.join('\n'))).toEqual([]);
    // Most kinds of answers must come, or the requests are not what they should be.
    for (const status of [200, 201, 400, 404, 405, 409, 415, 422]) expect(counts.get(status) ?? 0, `answers ${status}`).toBeGreaterThan(20);
  },
);

/** Why a stored object is not what its kind allows, or undefined. */
function problemOf(object: KubeObject): string | undefined {
  const behaviour = behaviours.get(`${object.apiVersion}/${object.kind}`);
  const type = typeOf(object.apiVersion!, object.kind!);
  if (!behaviour || !type) return undefined;
  const errors = behaviour.validate(object).filter(({ field }) => !UNCHECKED.has(field));
  if (errors.length > 0) return `is not valid: ${errors.map(({ field, message }) => `${field}: ${message}`).join('; ')}`;
  const { value, faults } = decode(type, object);
  if (faults.length > 0) return `has ${faults.join(', ')}`;
  if (deepEqual(value, object)) return undefined;
  const parts = Object.keys(object).filter((part) => !deepEqual((value as KubeObject)[part], object[part]));
  return `is not in canonical form: ${parts.map((part) => `${part} ${JSON.stringify(object[part])} should be ${JSON.stringify((value as KubeObject)[part])}`).join('; ')}`;
}
