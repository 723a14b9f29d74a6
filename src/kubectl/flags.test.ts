import { describe, expect, test } from 'vitest';
import { Flags, FlagError, HelpRequested, parseDuration, splitCommas, type FlagSpec } from './flags.ts';

const SPECS: readonly FlagSpec[] = [
  { name: 'output', shorthand: 'o', kind: 'string', usage: '' },
  { name: 'all', kind: 'bool', usage: '' },
  { name: 'watch', shorthand: 'w', kind: 'bool', default: 'true', usage: '' },
  { name: 'force', shorthand: 'x', kind: 'bool', usage: '' },
  { name: 'filename', shorthand: 'f', kind: 'strings', usage: '' },
  { name: 'from-literal', kind: 'array', usage: '' },
  { name: 'replicas', shorthand: 'r', kind: 'int', default: '1', usage: '' },
  { name: 'timeout', kind: 'duration', default: '30s', usage: '' },
  { name: 'dry-run', kind: 'string', default: 'none', bare: 'unchanged', usage: '' },
];

function parsed(...args: string[]) {
  const flags = new Flags(SPECS);
  return { flags, ...flags.parse(args) };
}

describe('flags', () => {
  test('stand anywhere among the arguments, with their values beside, behind or glued to them', () => {
    const { flags, rest } = parsed('pods', '-o', 'yaml', 'web', '--filename=a,b', '-fc', '-f=d', '--replicas', '3');
    expect(rest).toEqual(['pods', 'web']);
    expect(flags.string('output')).toBe('yaml');
    expect(flags.strings('filename')).toEqual(['a', 'b', 'c', 'd']);
    expect(flags.int('replicas')).toBe(3);
  });

  test('of one letter can be grouped, the last with a value', () => {
    const { flags } = parsed('-wxo', 'json');
    expect([flags.bool('watch'), flags.bool('force'), flags.string('output')]).toEqual([true, true, 'json']);
  });

  test('that are booleans take no next argument, only what stands after `=`', () => {
    const { flags, rest } = parsed('--watch=false', '--all', 'false');
    expect([flags.bool('watch'), flags.bool('all'), rest]).toEqual([false, true, ['false']]);
  });

  test('with a bare meaning take no next argument either', () => {
    const { flags, rest } = parsed('--dry-run', 'client');
    expect([flags.string('dry-run'), rest]).toEqual(['unchanged', ['client']]);
  });

  test('end at two dashes, and how many arguments came before is known', () => {
    const { rest, dashAt, flags } = parsed('web', '--', 'sh', '-o', '--', 'x');
    expect([rest, dashAt, flags.changed('output')]).toEqual([['web', 'sh', '-o', '--', 'x'], 1, false]);
  });

  test('of type array keep commas', () => {
    expect(parsed('--from-literal=a=1,2', '--from-literal', 'b=3').flags.strings('from-literal')).toEqual(['a=1,2', 'b=3']);
  });

  test.each([
    [['--bogus'], 'unknown flag: --bogus'],
    [['--bogus=1'], 'unknown flag: --bogus'],
    [['-z'], "unknown shorthand flag: 'z' in -z"],
    [['-xz'], "unknown shorthand flag: 'z' in -z"],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--output'], 'flag needs an argument: --output'],
    [['--replicas=many'], 'invalid argument "many" for "-r, --replicas" flag: strconv.ParseInt: parsing "many": invalid syntax'],
    [['--all=maybe'], 'invalid argument "maybe" for "--all" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--=x'], 'bad flag syntax: --=x'],
  ])('%j is refused: %s', (args, message) => {
    expect(() => parsed(...args)).toThrow(new FlagError(message));
  });

  test.each([[['-h']], [['--help']], [['pods', '-wh']]])('%j asks for help', (args) => {
    expect(() => parsed(...args)).toThrow(HelpRequested);
  });
});

test.each([
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['-2m', -120_000],
  ['100ms', 100],
  ['0', 0],
  ['5', undefined],
  ['5x', undefined],
  ['', undefined],
])('the duration %j is %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ['a,b', ['a', 'b']],
  ['', []],
  ['"a,b",c', ['a,b', 'c']],
])('the list %j holds %j', (text, list) => {
  expect(splitCommas(text)).toEqual(list);
});
