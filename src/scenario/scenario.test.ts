import { describe, expect, it } from 'vitest';
import { diffOutput, matchLine, matchOutput, substitute } from './match.ts';
import { parseScenario } from './parse.ts';
import { runScenario, type StepResult } from './run.ts';

const none = new Map<string, string>();

describe('expected output', () => {
  it.each([
    ['a [..] c', 'a b c', true],
    ['a[..]', 'a', true],
    ['NAME   READY', 'NAME                READY', true],
    ['a b', 'a  b', false],
    ['name  ', 'name', true],
    ['3.5', '3x5', false],
    ['web-{{x}} {{x}}', 'web-a1 a1', true],
    ['web-{{x}} {{x}}', 'web-a1 a2', false],
  ])('%j against %j', (expected, printed, matches) => {
    expect(matchLine(expected, printed, none) !== undefined).toBe(matches);
  });

  it('has a line of dots stand for any number of lines', () => {
    expect(matchOutput(['a', '...', 'd'], ['a', 'b', 'c', 'd'], none)).toBeDefined();
    expect(matchOutput(['a', '...'], ['a'], none)).toBeDefined();
    expect(matchOutput(['...', 'd'], ['a', 'e'], none)).toBeUndefined();
    expect(matchOutput([], ['a'], none)).toBeUndefined();
  });

  it('binds names and puts them into typed lines', () => {
    const bound = matchOutput(['pod/{{pod}} created'], ['pod/web-1.x created'], none)!;
    expect(substitute('kubectl delete pod {{ pod }} {{other}}', bound)).toBe('kubectl delete pod web-1.x {{other}}');
    expect(matchOutput(['{{pod}}'], ['web-2'], bound)).toBeUndefined();
  });
});

it('sets what differs side by side', () => {
  const lines = diffOutput(['NAME   AGE', 'web-[..]  1/1', 'gone'], ['NAME  AGE', 'extra', 'web-x1   1/1'], none);
  expect(lines.map(({ mark, text }) => mark + text)).toEqual([' NAME  AGE', '+extra', ' web-x1   1/1', '-gone']);
});

const SCENARIO = `---
title: A test
cluster: { minions: 1 }
---
Some prose.

\`\`\`text file=greeting.txt
hello
\`\`\`

\`\`\`console
$ cat greeting.txt
hello
$ echo {{never bound}} wrong
right
$ name=kept
$ printf unfinished
unfinished
$ read answer
nobody's prompt
$ echo $answer
nobody's prompt
$ for i in 1 2
> do echo $i
> done
1
2
\`\`\`

\`\`\`console host=minion-1
$ hostname
minion-1
\`\`\`

\`\`\`console
$ echo $name
kept
\`\`\`
`;

describe('a scenario', () => {
  it('is run step by step, in one shell a host, and tells what differs', () => {
    const steps: StepResult[] = [];
    runScenario(parseScenario(SCENARIO), (step) => steps.push(step));
    const failed = steps.filter(({ passed }) => !passed);
    expect(failed.map(({ line, command, expected, printed }) => ({ line, command, expected, printed }))).toEqual([
      { line: 14, command: 'echo {{never bound}} wrong', expected: ['right'], printed: ['{{never bound}} wrong'] },
    ]);
    expect(steps).toHaveLength(12);
  });

  it.each([
    ['---\ntitle: x\n', 'line 1: the front matter has no closing ---'],
    ['```console\n$ ls\n', 'line 1: this block has no end'],
    ['---\ncluster: { minions: many }\n---\n', 'line 1: cluster: minions: must be a number or a list of machines'],
  ])('that cannot be read says where: %j', (text, message) => {
    expect(() => parseScenario(text)).toThrow(message);
  });
});
