/** A shell variable: a text, or an indexed or associative array. */
export interface Variable {
  value: string | undefined;
  /** Elements by index, for indexed arrays; kept sorted when read. */
  list?: Map<number, string>;
  map?: Map<string, string>;
  exported: boolean;
  readonly: boolean;
  integer?: boolean;
  letters?: 'upper' | 'lower';
  /** Another variable's name (`declare -n`). */
  reference?: boolean;
}

/**
 * The variables of one shell: what it inherited (shared, never changed) and on top of it what it
 * set itself. A name that was unset maps to undefined.
 */
export class Variables {
  private readonly inherited: ReadonlyMap<string, string>;
  /** Shared and empty until something is set. */
  private own: Map<string, Variable | undefined>;
  private exportedNow: ReadonlyMap<string, string> | undefined;
  private scopes: readonly Map<string, Variable | undefined | typeof ABSENT>[] = NO_SCOPES;

  constructor(inherited: ReadonlyMap<string, string>, own = NOTHING_SET) {
    this.inherited = inherited;
    this.own = own;
  }

  /** A copy for a subshell. */
  fork(): Variables {
    const fork = new Variables(this.inherited);
    for (const [name, variable] of this.own) fork.put(name, variable && copy(variable));
    fork.exportedNow = this.exportedNow;
    if (this.scopes.length > 0) fork.scopes = this.scopes.map((scope) => new Map(scope));
    return fork;
  }

  private put(name: string, variable: Variable | undefined): void {
    if (this.own === NOTHING_SET) this.own = new Map();
    this.own.set(name, variable);
  }

  find(name: string): Variable | undefined {
    const own = this.own.get(name);
    if (own) return own;
    if (this.own.has(name)) return undefined;
    const value = this.inherited.get(name);
    return value === undefined ? undefined : { value, exported: true, readonly: false };
  }

  /** The text of a variable; of an array its element 0. */
  text(name: string): string | undefined {
    const own = this.own.get(name);
    if (own) return textOf(own);
    return this.own.has(name) ? undefined : this.inherited.get(name);
  }

  /** The variable to change: made if there is none. */
  forChange(name: string): Variable {
    let own = this.own.get(name);
    if (!own) {
      const value = this.own.has(name) ? undefined : this.inherited.get(name);
      own = { value, exported: value !== undefined, readonly: false };
      this.put(name, own);
    }
    if (own.exported) this.exportedNow = undefined;
    return own;
  }

  set(name: string, value: string): void {
    const own = this.own.get(name);
    if (own && !own.exported && own.value !== undefined && !own.integer && !own.letters) {
      own.value = value;
      return;
    }
    const variable = this.forChange(name);
    if (variable.letters) value = variable.letters === 'upper' ? value.toUpperCase() : value.toLowerCase();
    if (variable.list) variable.list.set(0, value);
    else if (variable.map) variable.map.set('0', value);
    else variable.value = value;
  }

  export(name: string): void {
    const variable = this.forChange(name);
    variable.exported = true;
    this.exportedNow = undefined;
  }

  unset(name: string): void {
    if (this.own.get(name)?.exported !== false) this.exportedNow = undefined;
    if (this.inherited.has(name)) this.put(name, undefined);
    else this.own.delete(name);
  }

  /** The environment of programs. Shared; made anew only after an exported variable changed. */
  environment(): ReadonlyMap<string, string> {
    if (this.exportedNow) return this.exportedNow;
    let changed = false;
    for (const variable of this.own.values()) if (!variable || variable.exported) changed = true;
    if (!changed) return (this.exportedNow = this.inherited);
    const all = new Map(this.inherited);
    for (const [name, variable] of this.own) {
      const text = variable?.exported ? textOf(variable) : undefined;
      if (text !== undefined) all.set(name, text);
      else all.delete(name);
    }
    return (this.exportedNow = all);
  }

  /** All names that are set, sorted. */
  names(): string[] {
    const names = new Set(this.inherited.keys());
    for (const [name, variable] of this.own) {
      if (variable) names.add(name);
      else names.delete(name);
    }
    return [...names].sort();
  }

  /** Begins a function's scope; `declareLocal` works in the innermost. */
  pushScope(): void {
    this.scopes = [...this.scopes, new Map()];
  }

  popScope(): void {
    const scope = this.scopes[this.scopes.length - 1];
    this.scopes = this.scopes.slice(0, -1);
    if (!scope || scope.size === 0) return;
    for (const [name, saved] of scope) {
      if (saved === ABSENT) this.own.delete(name);
      else this.put(name, saved as Variable | undefined);
    }
    this.exportedNow = undefined;
  }

  get inFunction(): boolean {
    return this.scopes.length > 0;
  }

  declareLocal(name: string): Variable {
    const scope = this.scopes[this.scopes.length - 1]!;
    if (!scope.has(name)) {
      scope.set(name, this.own.has(name) ? this.own.get(name) : ABSENT);
      this.put(name, { value: undefined, exported: this.find(name)?.exported ?? false, readonly: false });
      this.exportedNow = undefined;
    }
    return this.forChange(name);
  }
}

const ABSENT = Symbol('absent');
const NOTHING_SET = new Map<string, Variable | undefined>();
const NO_SCOPES: readonly never[] = [];

function copy(variable: Variable): Variable {
  const twin = { ...variable };
  if (variable.list) twin.list = new Map(variable.list);
  if (variable.map) twin.map = new Map(variable.map);
  return twin;
}

function textOf(variable: Variable): string | undefined {
  if (variable.list) return variable.list.get(0);
  if (variable.map) return variable.map.get('0');
  return variable.value;
}

/** The elements of an array (or of a text, as its only element) in order. */
export function elementsOf(variable: Variable | undefined): string[] {
  if (!variable) return [];
  if (variable.list) return indexesOf(variable).map((index) => variable.list!.get(Number(index))!);
  if (variable.map) return [...variable.map.values()];
  return variable.value === undefined ? [] : [variable.value];
}

/** The indexes or keys of an array in order. */
export function indexesOf(variable: Variable | undefined): string[] {
  if (!variable) return [];
  if (variable.list) return [...variable.list.keys()].sort((a, b) => a - b).map(String);
  if (variable.map) return [...variable.map.keys()];
  return variable.value === undefined ? [] : ['0'];
}
