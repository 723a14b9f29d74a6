/*
 * Kubernetes quotes some values in its messages as its server's own types print them: every field
 * in the order of its declaration, with its zero value where nothing was said. A shape describes
 * such a type as text, one field a word:
 *
 *   Name       a text, '' where absent
 *   Count#     a number, 0 where absent
 *   Flag?      a truth value, false where absent
 *   Any*       a pointer, list or map: null where absent, else as it stands
 *   One:Type   a struct of another shape, always there
 *   Maybe*Type a pointer to a struct, a list or a map of structs, null where absent
 */

interface Field {
  readonly goName: string;
  readonly jsonName: string;
  readonly zero: unknown;
  readonly shape: string | undefined;
}

const LATER_NAMES: Readonly<Record<string, string>> = { StorageOS: 'storageos', CephFS: 'cephfs' };

/** `DNSPolicy` → `dnsPolicy`, `ISCSI` → `iscsi`, `HostIP` → `hostIP`. */
function jsonNameOf(goName: string): string {
  const known = LATER_NAMES[goName];
  if (known) return known;
  const run = /^[A-Z]+/.exec(goName)?.[0] ?? '';
  if (run.length === goName.length || run.length === 1) return run.toLowerCase() + goName.slice(run.length);
  return goName.slice(0, run.length - 1).toLowerCase() + goName.slice(run.length - 1);
}

function parseField(word: string): Field {
  const match = /^([A-Za-z0-9]+)([#?*:]?)(\w*)$/.exec(word)!;
  const goName = match[1] as string;
  const zero = { '': '', '#': 0, '?': false, '*': null, ':': {} }[match[2] as '' | '#' | '?' | '*' | ':'];
  return { goName, jsonName: jsonNameOf(goName), zero, shape: match[3] || undefined };
}

/** A family of shapes that name each other. */
export type Shapes = Readonly<Record<string, string>>;

const parsed = new WeakMap<Shapes, Map<string, readonly Field[]>>();

function fieldsOf(shapes: Shapes, name: string): readonly Field[] {
  let all = parsed.get(shapes);
  if (!all) parsed.set(shapes, (all = new Map()));
  let fields = all.get(name);
  if (!fields) {
    const text = shapes[name];
    if (text === undefined) throw new Error(`no shape ${name}`);
    all.set(name, (fields = text.trim().split(/\s+/).map(parseField)));
  }
  return fields;
}

/** `value`, a JSON value as it is served, as the server's own type `name` prints it. */
export function goShape(shapes: Shapes, name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((item) => goShape(shapes, name, item));
  const object = (value ?? {}) as Record<string, unknown>;
  const shown: Record<string, unknown> = {};
  for (const { goName, jsonName, zero, shape } of fieldsOf(shapes, name)) {
    const part = object[jsonName];
    if (part === undefined || part === null) shown[goName] = shape && zero !== null ? goShape(shapes, shape, {}) : zero;
    else shown[goName] = shape ? goShape(shapes, shape, part) : plain(part);
  }
  return shown;
}

/** Maps print in the order of their keys, empty ones and empty lists as nothing. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value;
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return keys.length === 0 ? value : Object.fromEntries(keys.map((key) => [key, (value as Record<string, unknown>)[key]]));
}
