/*
 * Syntax checks of names, with the messages of k8s.io/apimachinery/pkg/util/validation and
 * pkg/api/validate/content. Every check answers a list of messages, empty when the value is right.
 */

import { formatCidr, formatIP, parseCidr, parseIP, type Address } from '../base/ip.ts';
import { quote } from '../base/quote.ts';

type Problems = readonly string[];

const FINE: Problems = [];

const LABEL_1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_1123 = `${LABEL_1123}(\\.${LABEL_1123})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${LABEL_KEY})?`;
const WILDCARD = `\\*\\.${SUBDOMAIN_1123}`;
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const ENV_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const HEADER_NAME = '[-A-Za-z0-9]+';
const PERCENT = '[0-9]+%';

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);

const label1123 = whole(LABEL_1123);
const subdomain1123 = whole(SUBDOMAIN_1123);
const label1035 = whole(LABEL_1035);
const labelKeyName = whole(LABEL_KEY);
const labelValuePattern = whole(LABEL_VALUE);
const wildcardPattern = whole(WILDCARD);
const cIdentifierPattern = whole(C_IDENTIFIER);
const configKeyPattern = whole(CONFIG_KEY);
const envNamePattern = whole(ENV_NAME);
const headerNamePattern = whole(HEADER_NAME);
const percentPattern = whole(PERCENT);

/** `<message> (e.g. 'a',  or 'b', regex used for validation is '<pattern>')`; the doubled blanks are Kubernetes' own. */
export function patternProblem(message: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`;
}

/** Validation counts bytes but says `characters` in most places and `bytes` for labels. */
export function tooLong(limit: number, unit: 'characters' | 'bytes' = 'characters'): string {
  return `must be no more than ${limit} ${unit}`;
}

export function outOfRange(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate pair is two units and four bytes: one more each.
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) bytes += 2;
    else if (unit >= 0x80) bytes += 1;
  }
  return bytes;
}

function check(text: string, pattern: RegExp, limit: number, unit: 'characters' | 'bytes', problem: () => string): Problems {
  const long = text.length * 3 > limit && byteLength(text) > limit;
  const wrong = !pattern.test(text);
  if (!long && !wrong) return FINE;
  const problems: string[] = [];
  if (long) problems.push(tooLong(limit, unit));
  if (wrong) problems.push(problem());
  return problems;
}

function label1123Problem(text: string): string {
  if (subdomain1123.test(text)) return 'must not contain dots';
  return patternProblem(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    LABEL_1123,
    'my-name',
    '123-abc',
  );
}

function subdomainProblem(): string {
  return patternProblem(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    SUBDOMAIN_1123,
    'example.com',
  );
}

/** Names of namespaces, containers, volumes. At most 63 bytes. */
export function isDns1123Label(text: string): Problems {
  return check(text, label1123, 63, 'characters', () => label1123Problem(text));
}

/** Names of most objects. At most 253 bytes. */
export function isDns1123Subdomain(text: string): Problems {
  return check(text, subdomain1123, 253, 'characters', subdomainProblem);
}

/** Names of services. At most 63 bytes. */
export function isDns1035Label(text: string): Problems {
  return check(text, label1035, 63, 'characters', () =>
    patternProblem(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      LABEL_1035,
      'my-name',
      'abc-123',
    ),
  );
}

/** `*.example.com`: hosts of an ingress. */
export function isWildcardDns1123Subdomain(text: string): Problems {
  return check(text, wildcardPattern, 253, 'characters', () =>
    patternProblem(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
      WILDCARD,
      '*.example.com',
    ),
  );
}

const LABEL_KEY_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function labelKeyProblem(): string {
  return patternProblem(LABEL_KEY_MESSAGE, LABEL_KEY, 'MyName', 'my.name', '123-abc');
}

/** Keys of labels and annotations (those in lower case), taints, resources: `[prefix/]name`. Also called qualified names. */
export function isQualifiedName(text: string): Problems {
  const slash = text.indexOf('/');
  if (slash < 0 && text.length <= 63 && labelKeyName.test(text)) return FINE;
  if (slash >= 0 && text.indexOf('/', slash + 1) >= 0) {
    return [`a valid label key ${labelKeyProblem()} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const problems: string[] = [];
  const name = text.slice(slash + 1);
  if (slash >= 0) {
    const prefix = text.slice(0, slash);
    if (prefix === '') problems.push('prefix part must be non-empty');
    else for (const problem of check(prefix, subdomain1123, 253, 'bytes', subdomainProblem)) problems.push(`prefix part ${problem}`);
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (byteLength(name) > 63) problems.push(`name part ${tooLong(63, 'bytes')}`);
  if (!labelKeyName.test(name)) problems.push(`name part ${labelKeyProblem()}`);
  return problems.length === 0 ? FINE : problems;
}

export function isLabelValue(text: string): Problems {
  return check(text, labelValuePattern, 63, 'bytes', () =>
    patternProblem(
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      LABEL_VALUE,
      'MyValue',
      'my_value',
      '12345',
    ),
  );
}

/** What every name of an object must satisfy because it is a segment of a path. */
export function isPathSegmentName(text: string): Problems {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  const problems: string[] = [];
  if (text.includes('/')) problems.push("may not contain '/'");
  if (text.includes('%')) problems.push("may not contain '%'");
  return problems.length === 0 ? FINE : problems;
}

export function isCIdentifier(text: string): Problems {
  if (cIdentifierPattern.test(text)) return FINE;
  return [
    patternProblem(
      "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
      C_IDENTIFIER,
      'my_name',
      'MY_NAME',
      'MyName',
    ),
  ];
}

function pathTraversal(text: string): Problems {
  if (text === '.' || text === '..') return [`must not be '${text}'`];
  return text.startsWith('..') ? ["must not start with '..'"] : FINE;
}

/** Keys of the data of config maps and secrets. */
export function isConfigMapKey(text: string): Problems {
  const problems = check(text, configKeyPattern, 253, 'characters', () =>
    patternProblem(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
      CONFIG_KEY,
      'key.name',
      'KEY_NAME',
      'key-name',
    ),
  );
  const traversal = pathTraversal(text);
  return traversal.length === 0 ? problems : [...problems, ...traversal];
}

/** Names of environment variables as kubectl checks them. */
export function isEnvVarName(text: string): Problems {
  const problems = envNamePattern.test(text)
    ? FINE
    : [
        patternProblem(
          "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
          ENV_NAME,
          'my.env-name',
          'MY_ENV.NAME',
          'MyEnvName1',
        ),
      ];
  const traversal = pathTraversal(text);
  return traversal.length === 0 ? problems : [...problems, ...traversal];
}

/** Names of environment variables as the API server checks them: printable ASCII without `=`. */
export function isRelaxedEnvVarName(text: string): Problems {
  if (text === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(text)) return FINE;
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function isHttpHeaderName(text: string): Problems {
  if (headerNamePattern.test(text)) return FINE;
  return [patternProblem("a valid HTTP header must consist of alphanumeric characters or '-'", HEADER_NAME, 'X-Header-Name')];
}

export function isPercent(text: string): Problems {
  if (percentPattern.test(text)) return FINE;
  return [patternProblem("a valid percent string must be a numeric string followed by an ending '%'", PERCENT, '1%', '93%')];
}

export function isPortNumber(port: number): Problems {
  return port >= 1 && port <= 65535 ? FINE : [outOfRange(1, 65535)];
}

/** IANA service names: ports of containers and target ports given by name. */
export function isPortName(text: string): Problems {
  const problems: string[] = [];
  if (text.length > 15) problems.push(tooLong(15));
  if (!/^[-a-z0-9]+$/.test(text)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems.length === 0 ? FINE : problems;
}

const INVALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const INVALID_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** An address in a field older than strict checking: leading zeros and other forms pass, with a warning. */
export function isLegacyIP(text: string): Problems {
  return parseIP(withoutLeadingZeros(text)) ? FINE : [INVALID_IP];
}

/** What the server warns of in an address that passes {@link isLegacyIP}; the path of the field comes before it. */
export function legacyIPWarning(text: string): string | undefined {
  const address = parseIP(withoutLeadingZeros(text));
  if (!address) return undefined;
  const plain = unmapped(address);
  const canonical = formatIP(plain);
  if (plain !== address || !parseIP(text))
    return `non-standard IP address ${quote(text)} will be considered invalid in a future Kubernetes release: use ${quote(canonical)}`;
  return canonical === text ? undefined : `IPv6 address ${quote(text)} should be in RFC 5952 canonical format (${quote(canonical)})`;
}

/** An address in canonical form. */
export function isIP(text: string): Problems {
  const address = parseIP(text);
  if (!address) return parseIP(withoutLeadingZeros(text)) ? ['must not have leading 0s'] : [INVALID_IP];
  if (unmapped(address) !== address) return ['must not be an IPv4-mapped IPv6 address'];
  return formatIP(address) === text ? FINE : [`must be in canonical form (${quote(formatIP(address))})`];
}

/** A range in a field older than strict checking: leading zeros and bits behind the prefix pass, with a warning. */
export function isLegacyCidr(text: string): Problems {
  return parseCidr(withoutLeadingZeros(text)) ? FINE : [INVALID_CIDR];
}

/** What the server warns of in a range that passes {@link isLegacyCidr}; the path of the field comes before each. */
export function legacyCidrWarnings(text: string): readonly string[] {
  const plainText = withoutLeadingZeros(text);
  const cidr = parseCidr(plainText);
  const address = parseIP(plainText.slice(0, plainText.indexOf('/')));
  if (!cidr || !address) return FINE;
  const canonical = formatCidr(cidr);
  const warnings: string[] = [];
  if (address.value !== cidr.base) {
    const single = `${formatIP(address)}/${cidr.family === 4 ? 32 : 128}`;
    warnings.push(`CIDR value ${quote(text)} is ambiguous in this context (should be ${quote(canonical)} or ${quote(single)}?)`);
  }
  if (!parseCidr(text) || unmapped(address) !== address)
    warnings.push(
      `non-standard CIDR value ${quote(text)} will be considered invalid in a future Kubernetes release: use ${quote(canonical)}`,
    );
  if (warnings.length === 0 && canonical !== text)
    warnings.push(`IPv6 CIDR value ${quote(text)} should be in RFC 5952 canonical format (${quote(canonical)})`);
  return warnings.length === 0 ? FINE : warnings;
}

/** A range in canonical form. */
export function isCidr(text: string): Problems {
  const cidr = parseCidr(text);
  if (!cidr) return parseCidr(withoutLeadingZeros(text)) ? ['must not have leading 0s in IP or prefix length'] : [INVALID_CIDR];
  const address = parseIP(text.slice(0, text.indexOf('/'))) as Address;
  if (unmapped(address) !== address) return ['must not have an IPv4-mapped IPv6 address'];
  if (address.value !== cidr.base) return ['must not have bits set beyond the prefix length'];
  return formatCidr(cidr) === text ? FINE : [`must be in canonical form (${quote(formatCidr(cidr))})`];
}

/** The IPv4 address that an IPv6 address maps, or the address itself. */
function unmapped(address: Address): Address {
  return address.family === 6 && address.value >> 32n === 0xffffn ? { family: 4, value: address.value & 0xffffffffn } : address;
}

function withoutLeadingZeros(text: string): string {
  return text.includes(':') ? text : text.replace(/(^|[./])0+(?=\d)/g, '$1');
}
