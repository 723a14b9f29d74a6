import { expect, test } from 'vitest';
import * as names from './names.ts';

const long = (length: number) => 'x'.repeat(length);
const KEY_PATTERN =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test.each([
  [names.isDns1123Label, ['a', '1-a', long(63)]],
  [names.isDns1123Subdomain, ['a.b', 'x', long(253)]],
  [names.isDns1035Label, ['a-1']],
  [names.isWildcardDns1123Subdomain, ['*.bar.com']],
  [names.isQualifiedName, ['app', 'example.com/x', 'A_b.c-d', `${long(253)}/${long(63)}`]],
  [names.isLabelValue, ['', 'a', 'A_b.c', long(63)]],
  [names.isPathSegmentName, ['a:b', 'x..y', '']],
  [names.isConfigMapKey, ['a.txt', '.hidden', 'A_b']],
  [names.isEnvVarName, ['A', '_a.b-c']],
  [names.isRelaxedEnvVarName, ['1', 'a b']],
  [names.isPortName, ['http', 'a-1']],
  [names.isIP, ['10.0.0.1', 'fe80::abc', '::']],
  [names.isCidr, ['10.0.0.0/8', '2001:db8::/64', '0.0.0.0/0']],
])('%o accepts what is right', (check: (text: string) => readonly string[], texts) => {
  for (const text of texts) expect(check(text)).toEqual([]);
});

test.each<[(text: string) => readonly string[], string, string[]]>([
  [names.isDns1123Label, 'x.y', ['must not contain dots']],
  [names.isDns1123Label, long(64), ['must be no more than 63 characters']],
  [
    names.isDns1123Label,
    'A',
    [
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    names.isDns1123Subdomain,
    'x_y',
    [
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    names.isDns1035Label,
    'x.y',
    [
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    names.isQualifiedName,
    'a/b/c',
    [`a valid label key ${KEY_PATTERN} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
  ],
  [names.isQualifiedName, '-x', [`name part ${KEY_PATTERN}`]],
  [names.isQualifiedName, long(64), ['name part must be no more than 63 bytes']],
  [names.isQualifiedName, 'a/', ['name part must be non-empty', `name part ${KEY_PATTERN}`]],
  [names.isQualifiedName, '/a', ['prefix part must be non-empty']],
  [
    names.isLabelValue,
    'has space',
    [
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ],
  [names.isLabelValue, long(64), ['must be no more than 63 bytes']],
  [names.isPathSegmentName, 'a/b', ["may not contain '/'"]],
  [names.isPathSegmentName, '..', ["may not be '..'"]],
  [names.isConfigMapKey, '..', ["must not be '..'"]],
  [names.isRelaxedEnvVarName, 'a=b', ["a valid environment variable name must consist only of printable ASCII characters other than '='"]],
  [
    names.isPortName,
    '',
    ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)', 'must contain at least one letter (a-z)'],
  ],
  [names.isPortName, '-a--b', ['must not contain consecutive hyphens', 'must not begin or end with a hyphen']],
  [names.isIP, '10.0.0', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [names.isIP, '10.0.0.01', ['must not have leading 0s']],
  [names.isIP, '::ffff:1.2.3.4', ['must not be an IPv4-mapped IPv6 address']],
  [names.isIP, 'FE80::1', ['must be in canonical form ("fe80::1")']],
  [names.isCidr, '10.0.0.1', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [names.isCidr, '10.0.0.1/8', ['must not have bits set beyond the prefix length']],
])('%o says what is wrong with %s', (check, text, problems) => {
  expect(check(text)).toEqual(problems);
});

test('addresses in old fields pass in odd forms, with a warning', () => {
  expect(names.isLegacyIP('1.2.3.04')).toEqual([]);
  expect(names.legacyIPWarning('1.2.3.04')).toBe(
    'non-standard IP address "1.2.3.04" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
  );
  expect(names.legacyIPWarning('FE80::1')).toBe('IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")');
  expect(names.legacyIPWarning('1.2.3.4')).toBeUndefined();
  expect(names.legacyCidrWarnings('10.0.0.1/8')).toEqual([
    'CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
  ]);
});
