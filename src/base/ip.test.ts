import { expect, test } from 'vitest';
import {
  addressIndex,
  cidrContains,
  cidrSize,
  cidrsOverlap,
  formatCidr,
  formatIP,
  nthAddress,
  nthSubnet,
  parseCidr,
  parseIP,
  parseIPv4,
  type Cidr,
} from './ip.ts';

const range = (text: string) => parseCidr(text) as Cidr;

test.each([
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
])('the address %s prints as %s', (text, printed) => {
  expect(formatIP(parseIP(text)!)).toBe(printed);
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.',
  'a.b.c.d',
  ':::',
  '1::2::3',
  '12345::',
  '1:2:3:4:5:6:7',
  'fe80::1%eth0',
])('%j is no address', (text) => {
  expect(parseIP(text)).toBeUndefined();
});

test('ranges hold addresses, count them and find them by number', () => {
  const cidr = range('10.96.0.0/12');
  expect(cidrContains(cidr, '10.111.255.255')).toBe(true);
  expect(cidrContains(cidr, '10.112.0.0')).toBe(false);
  expect(cidrSize(cidr)).toBe(1n << 20n);
  expect(nthAddress(cidr, 10)).toBe('10.96.0.10');
  expect(nthAddress(cidr, -1)).toBe('10.111.255.255');
  expect(nthAddress(cidr, 1 << 20)).toBeUndefined();
  expect(addressIndex(cidr, '10.96.0.10')).toBe(10n);
  expect(parseIPv4('10.96.0.10')).toBe(0x0a60000a);
});

test('ranges are cut into parts and compared', () => {
  expect(formatCidr(nthSubnet(range('10.244.0.0/16'), 24, 3)!)).toBe('10.244.3.0/24');
  expect(nthSubnet(range('10.244.0.0/16'), 24, 256)).toBeUndefined();
  expect(cidrsOverlap(range('10.0.0.0/8'), range('10.244.0.0/16'))).toBe(true);
  expect(cidrsOverlap(range('10.0.0.0/16'), range('10.1.0.0/16'))).toBe(false);
});
