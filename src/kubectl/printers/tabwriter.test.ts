import { expect, test } from 'vitest';
import { alignTabs, DESCRIBE_STOPS, GET_STOPS, RowAligner } from './tabwriter.ts';

test('a column is a run of lines that have a cell there, and the last cell never widens it', () => {
  const text = 'Name:\tweb\nIPs:\n  IP:\t10.0.0.1\nA long name indeed:\tx\nalone\n';
  expect(alignTabs(text, DESCRIBE_STOPS)).toBe('Name:  web\nIPs:\n  IP:                10.0.0.1\nA long name indeed:  x\nalone\n');
});

test('inner columns are laid out within the run of their outer column', () => {
  const text = 'Port:\thttp\t80/TCP\nTargetPort:\t8080/TCP\nPort:\tmetrics\t9/TCP\n';
  expect(alignTabs(text, DESCRIBE_STOPS)).toBe('Port:        http  80/TCP\nTargetPort:  8080/TCP\nPort:        metrics  9/TCP\n');
});

test('columns of get are six wide at least, with three blanks between', () => {
  expect(alignTabs('A\tB\nname\tx\n', GET_STOPS)).toBe('A      B\nname   x\n');
});

test('characters count, not bytes', () => {
  expect(alignTabs('ä\tb\nxx\tc\n', DESCRIBE_STOPS)).toBe('ä   b\nxx  c\n');
});

test('rows that come later keep to the widths of those before, and may widen them', () => {
  const aligner = new RowAligner();
  expect(
    aligner.align([
      ['NAME', 'READY'],
      ['web-12345', '1/1'],
    ]),
  ).toBe('NAME        READY\nweb-12345   1/1\n');
  expect(aligner.align([['db', '0/1']])).toBe('db          0/1\n');
  expect(aligner.align([['a-very-long-name', '0/1']])).toBe('a-very-long-name   0/1\n');
});
