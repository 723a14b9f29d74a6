import { Environment } from '@marcbachmann/cel-js';
import { MATCHES } from './adapt.ts';
import { compilePattern } from '../custom/pattern.ts';
import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../names.ts';
import { addQuantities, compareQuantities, parseQuantity, quantityFault, subtractQuantities } from '../quantity.ts';
import { cidrContains, cidrsOverlap, formatCidr, formatIP, parseCidr, parseIP, type Address, type Cidr } from '../../base/ip.ts';

/** A quantity as a CEL value. */
class Quantity {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

class Ip {
  readonly address: Address;

  constructor(address: Address) {
    this.address = address;
  }
}

class CidrValue {
  readonly range: Cidr;

  constructor(range: Cidr) {
    this.range = range;
  }
}

class UrlValue {
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
  }
}

type Comparable = bigint | number | string | boolean;

function pattern(text: string): RegExp {
  const compiled = compilePattern(text);
  if (!compiled) throw new Error(`error parsing regexp: ${text}`);
  return compiled;
}

/** Strings: cel-go's ext.Strings, and the regular expressions of Kubernetes. */
function registerStrings(env: Environment): void {
  env.registerFunction(`string.${MATCHES}(string): bool`, (text: string, expression: string) => pattern(expression).test(text));
  env.registerFunction(`${MATCHES}(string, string): bool`, (text: string, expression: string) => pattern(expression).test(text));
  env.registerFunction('string.find(string): string', (text: string, expression: string) => pattern(expression).exec(text)?.[0] ?? '');
  const findAll = (text: string, expression: string, limit: bigint): string[] => {
    const compiled = pattern(expression);
    const all = [...text.matchAll(new RegExp(compiled.source, `${compiled.flags.replace('g', '')}g`))].map((match) => match[0]);
    return limit < 0n ? all : all.slice(0, Number(limit));
  };
  env.registerFunction('string.findAll(string): list<string>', (text: string, expression: string) => findAll(text, expression, -1n));
  env.registerFunction('string.findAll(string, int): list<string>', findAll);
  env.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );
  env.registerFunction('string.replace(string, string, int): string', (text: string, from: string, to: string, limit: bigint) => {
    if (limit < 0n) return text.replaceAll(from, () => to);
    let left = Number(limit);
    return text.replaceAll(from, (match) => (left-- > 0 ? to : match));
  });
  env.registerFunction('string.charAt(int): string', (text: string, at: bigint) => {
    if (at < 0n || at > BigInt(text.length)) throw new Error(`index out of range: ${at}`);
    return text[Number(at)] ?? '';
  });
  env.registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''));
  env.registerFunction('string.format(list): string', (text: string, args: unknown[]) => {
    let at = 0;
    return text.replace(/%(?:\.(\d+))?([sdfexXob%])/g, (_match, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = args[at++];
      if (verb === 'f') return Number(value).toFixed(digits === undefined ? 6 : Number(digits));
      if (verb === 'x' || verb === 'X')
        return verb === 'X'
          ? BigInt(value as bigint)
              .toString(16)
              .toUpperCase()
          : BigInt(value as bigint).toString(16);
      if (verb === 'o' || verb === 'b') return BigInt(value as bigint).toString(verb === 'o' ? 8 : 2);
      return shown(value);
    });
  });
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return value === null ? 'null' : String(value);
}

/** Lists: Kubernetes' isSorted, sum, min, max, indexOf, lastIndexOf. */
function registerLists(env: Environment): void {
  env.registerFunction('list.isSorted(): bool', (list: Comparable[]) => list.every((value, i) => i === 0 || list[i - 1]! <= value));
  env.registerFunction('list.sum(): dyn', (list: (bigint | number)[]) => {
    if (list.length === 0) return 0n;
    return typeof list[0] === 'bigint'
      ? (list as bigint[]).reduce((sum, value) => sum + value, 0n)
      : (list as number[]).reduce((sum, value) => sum + value, 0);
  });
  const extreme = (list: Comparable[], name: string, isBetter: (a: Comparable, b: Comparable) => boolean): Comparable => {
    if (list.length === 0) throw new Error(`${name} called on empty list`);
    return list.reduce((best, value) => (isBetter(value, best) ? value : best));
  };
  env.registerFunction('list.min(): dyn', (list: Comparable[]) => extreme(list, 'min', (a, b) => a < b));
  env.registerFunction('list.max(): dyn', (list: Comparable[]) => extreme(list, 'max', (a, b) => a > b));
  env.registerFunction('list.indexOf(dyn): int', (list: unknown[], value: unknown) => BigInt(list.findIndex((item) => item === value)));
  env.registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], value: unknown) => BigInt(list.lastIndexOf(value)));
}

/** Sets: cel-go's ext.Sets. */
function registerSets(env: Environment): void {
  const has = (list: unknown[], value: unknown): boolean => list.some((item) => item === value);
  const contains = (a: unknown[], b: unknown[]): boolean => b.every((value) => has(a, value));
  class Sets {}
  env.registerType('Sets', Sets);
  env.registerConstant('sets', 'Sets', new Sets());
  env.registerFunction('Sets.contains(list, list): bool', (_sets: unknown, a: unknown[], b: unknown[]) => contains(a, b));
  env.registerFunction(
    'Sets.equivalent(list, list): bool',
    (_sets: unknown, a: unknown[], b: unknown[]) => contains(a, b) && contains(b, a),
  );
  env.registerFunction('Sets.intersects(list, list): bool', (_sets: unknown, a: unknown[], b: unknown[]) =>
    b.some((value) => has(a, value)),
  );
}

/** Quantities: `quantity("1Gi").isGreaterThan(quantity("1M"))`. */
function registerQuantities(env: Environment): void {
  env.registerType('Quantity', { ctor: Quantity, fields: {} });
  const make = (text: string): Quantity => {
    const fault = quantityFault(text);
    if (fault) throw new Error(fault);
    return new Quantity(text);
  };
  env.registerFunction('quantity(string): Quantity', make);
  env.registerFunction('isQuantity(string): bool', (text: string) => quantityFault(text) === undefined);
  env.registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text) > 0);
  env.registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text) < 0);
  env.registerFunction('Quantity.compareTo(Quantity): int', (a: Quantity, b: Quantity) => BigInt(compareQuantities(a.text, b.text)));
  env.registerFunction('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => make(addQuantities(a.text, b.text)));
  env.registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => make(subtractQuantities(a.text, b.text)));
  env.registerFunction('Quantity.add(int): Quantity', (a: Quantity, b: bigint) => make(addQuantities(a.text, String(b))));
  env.registerFunction('Quantity.sub(int): Quantity', (a: Quantity, b: bigint) => make(subtractQuantities(a.text, String(b))));
  env.registerFunction('Quantity.sign(): int', (a: Quantity) => BigInt(compareQuantities(a.text, '0')));
  env.registerFunction('Quantity.isInteger(): bool', (a: Quantity) => parseQuantity(a.text).nanos % 1_000_000_000n === 0n);
  env.registerFunction('Quantity.asInteger(): int', (a: Quantity) => parseQuantity(a.text).nanos / 1_000_000_000n);
  env.registerFunction('Quantity.asApproximateFloat(): double', (a: Quantity) => parseQuantity(a.text).millis / 1000);
  env.registerOperator('Quantity == Quantity', (a: Quantity, b: Quantity) => compareQuantities(a.text, b.text) === 0);
}

/** Addresses, ranges and links. */
function registerAddresses(env: Environment): void {
  env.registerType('net.IP', { ctor: Ip, fields: {} });
  env.registerType('net.CIDR', { ctor: CidrValue, fields: {} });
  env.registerType('kubernetes.URL', { ctor: UrlValue, fields: {} });
  const ip = (text: string): Ip => {
    const address = parseIP(text);
    if (!address)
      throw new Error(
        `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
      );
    return new Ip(address);
  };
  const cidr = (text: string): CidrValue => {
    const range = parseCidr(text);
    if (!range) throw new Error(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)})`);
    return new CidrValue(range);
  };
  env.registerFunction('ip(string): net.IP', ip);
  env.registerFunction('isIP(string): bool', (text: string) => parseIP(text) !== undefined);
  env.registerFunction('net.IP.family(): int', ({ address }: Ip) => BigInt(address.family));
  env.registerFunction('net.IP.isLoopback(): bool', ({ address }: Ip) =>
    address.family === 4 ? address.value >> 24n === 127n : address.value === 1n,
  );
  env.registerFunction('net.IP.isUnspecified(): bool', ({ address }: Ip) => address.value === 0n);
  env.registerOperator('net.IP == net.IP', (a: Ip, b: Ip) => formatIP(a.address) === formatIP(b.address));
  env.registerFunction('cidr(string): net.CIDR', cidr);
  env.registerFunction('isCIDR(string): bool', (text: string) => parseCidr(text) !== undefined);
  env.registerFunction('net.CIDR.containsIP(string): bool', ({ range }: CidrValue, text: string) => cidrContains(range, ip(text).address));
  env.registerFunction('net.CIDR.containsIP(net.IP): bool', ({ range }: CidrValue, { address }: Ip) => cidrContains(range, address));
  env.registerFunction('net.CIDR.containsCIDR(string): bool', ({ range }: CidrValue, text: string) =>
    containsRange(range, cidr(text).range),
  );
  env.registerFunction('net.CIDR.containsCIDR(net.CIDR): bool', (a: CidrValue, b: CidrValue) => containsRange(a.range, b.range));
  env.registerFunction('net.CIDR.prefixLength(): int', ({ range }: CidrValue) => BigInt(range.prefix));
  env.registerOperator('net.CIDR == net.CIDR', (a: CidrValue, b: CidrValue) => formatCidr(a.range) === formatCidr(b.range));
  const url = (text: string): UrlValue => {
    if (!URL.canParse(text))
      throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
    return new UrlValue(new URL(text));
  };
  env.registerFunction('url(string): kubernetes.URL', url);
  env.registerFunction('isURL(string): bool', (text: string) => URL.canParse(text));
  env.registerFunction('kubernetes.URL.getScheme(): string', ({ url: { protocol } }: UrlValue) => protocol.replace(':', ''));
  env.registerFunction('kubernetes.URL.getHost(): string', ({ url: { host } }: UrlValue) => host);
  env.registerFunction('kubernetes.URL.getHostname(): string', ({ url: { hostname } }: UrlValue) => hostname);
  env.registerFunction('kubernetes.URL.getPort(): string', ({ url: { port } }: UrlValue) => port);
  env.registerFunction('kubernetes.URL.getEscapedPath(): string', ({ url: { pathname } }: UrlValue) => pathname);
}

function containsRange(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.prefix <= inner.prefix && cidrsOverlap(outer, inner);
}

/** Named formats: `!format.dns1123Label().validate(name).hasValue()`. */
function registerFormats(env: Environment): void {
  const checks: Readonly<Record<string, (text: string) => readonly string[]>> = {
    dns1035Label: isDns1035Label,
    dns1123Label: isDns1123Label,
    dns1123Subdomain: isDns1123Subdomain,
    labelValue: isLabelValue,
    qualifiedName: isQualifiedName,
  };
  class Formats {}
  class Format {
    readonly check: (text: string) => readonly string[];

    constructor(check: (text: string) => readonly string[]) {
      this.check = check;
    }
  }
  class Faults {
    readonly list: readonly string[];

    constructor(list: readonly string[]) {
      this.list = list;
    }
  }
  env.registerType('Formats', { ctor: Formats, fields: {} });
  env.registerType('NamedFormat', { ctor: Format, fields: {} });
  env.registerType('FormatFaults', { ctor: Faults, fields: {} });
  env.registerConstant('format', 'Formats', new Formats());
  for (const [name, check] of Object.entries(checks)) env.registerFunction(`Formats.${name}(): NamedFormat`, () => new Format(check));
  env.registerFunction('NamedFormat.validate(string): FormatFaults', (format: Format, text: string) => new Faults(format.check(text)));
  env.registerFunction('FormatFaults.hasValue(): bool', ({ list }: Faults) => list.length > 0);
  env.registerFunction('FormatFaults.value(): list<string>', ({ list }: Faults) => [...list]);
}

let shared: Environment | undefined;

/** The same where expressions are checked: lists and maps hold values of one type. */
export function checkingEnvironment(): Environment {
  return kubernetesEnvironment().clone({ homogeneousAggregateLiterals: true });
}

/** An environment with the functions that Kubernetes adds to CEL (apiserver pkg/cel/library); cloned, so that variables can be added. */
export function kubernetesEnvironment(): Environment {
  if (!shared) {
    shared = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true });
    for (const register of [registerStrings, registerLists, registerSets, registerQuantities, registerAddresses, registerFormats])
      register(shared);
  }
  return shared.clone();
}
