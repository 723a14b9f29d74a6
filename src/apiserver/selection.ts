import { FieldSelectorError, parseFieldSelector } from '../api/fields.ts';
import { parseSelector } from '../api/label-parser.ts';
import { SelectorError } from '../api/labels.ts';
import { badRequest } from '../api/status.ts';
import type { KubeObject } from '../api/object.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';
import type { WatcherScope } from './watch-cache.ts';

/** Which objects a list, a watch or a deletecollection speaks of. */
export interface Selection {
  /** Undefined: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string | undefined;
  /** By what the cache finds them. */
  readonly scope: WatcherScope;
  /** Whether an object belongs; undefined when the scope alone says so. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** Nothing but the namespace selects. */
  readonly isPlain: boolean;
}

type Test = (object: KubeObject) => boolean;

/** Reads the selectors of a request. Throws BadRequest. */
export function selectionOf(call: Call, served: Served): Selection {
  const namespace = served.kind.namespaced && call.info.namespace ? call.info.namespace : undefined;
  const labelText = call.query('labelSelector');
  const fieldText = call.query('fieldSelector');
  const tests: Test[] = [];
  let scope: WatcherScope = namespace === undefined ? {} : { namespace };
  if (call.info.name) {
    // A watch of one path is a watch of its name.
    const { name } = call.info;
    scope = { ...scope, name };
    tests.push((object) => object.metadata!.name === name);
  }
  if (labelText) tests.push(labelTest(labelText));
  if (fieldText) scope = addFieldTests(fieldText, served, scope, tests);
  const isPlain = tests.length === 0;
  // The cache finds watchers by one criterion only; the namespace has to be checked beside the others.
  if (namespace !== undefined && (scope.name !== undefined || scope.index))
    tests.push((object) => object.metadata!.namespace === namespace);
  return { namespace, scope, matches: all(tests), isPlain };
}

function all(tests: readonly Test[]): Test | undefined {
  const [first, second] = tests;
  if (!first) return undefined;
  if (!second) return first;
  if (tests.length === 2) return (object) => first(object) && second(object);
  return (object) => tests.every((test) => test(object));
}

function labelTest(text: string): Test {
  try {
    const selector = parseSelector(text);
    return (object) => selector.matches(object.metadata!.labels);
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(error.message) : error;
  }
}

function fieldRequirements(text: string) {
  try {
    return parseFieldSelector(text).requirements;
  } catch (error) {
    throw error instanceof FieldSelectorError ? badRequest(error.message) : error;
  }
}

function addFieldTests(text: string, served: Served, scope: WatcherScope, tests: Test[]): WatcherScope {
  let narrowed = scope;
  const { behaviour, cache } = served.resource;
  for (const { field, operator, value } of fieldRequirements(text)) {
    const equal = operator === '=';
    if (field === 'metadata.name') {
      tests.push((object) => (object.metadata!.name === value) === equal);
      if (equal) narrowed = { ...narrowed, name: value };
    } else if (field === 'metadata.namespace') {
      tests.push((object) => ((object.metadata!.namespace ?? '') === value) === equal);
      if (equal && !narrowed.namespace && served.kind.namespaced) narrowed = { ...narrowed, namespace: value };
    } else if (Object.hasOwn(behaviour.selectableFields, field)) {
      const read = behaviour.selectableFields[field]!;
      tests.push((object) => (read(object) === value) === equal);
      if (equal && cache.indexes(field)) narrowed = { ...narrowed, index: { field, value } };
    } else {
      // Kinds with fields of their own and kinds without word it differently.
      const hasOwn = !served.type || Object.keys(behaviour.selectableFields).length > 0;
      throw badRequest(
        hasOwn
          ? `field label not supported: ${field}`
          : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
  }
  return narrowed;
}
