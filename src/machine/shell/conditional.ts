import type { TestBinaryExpression, TestExpression, Word } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { compareNumbers, testFiles, testUnary, type TestWorld } from '../test-primitives.ts';
import { evaluateText } from './arithmetic.ts';
import { expandPattern, expandText } from './expand.ts';
import { patternToRegExp } from './pattern.ts';
import { posixToRegExp } from '../regexp.ts';
import { CommandProblem } from './signals.ts';
import { SET_NAMES } from './options.ts';
import type { Shell } from './shell.ts';

/** `[[ ... ]]` */
export function* runTest(shell: Shell, node: TestExpression): Task<boolean> {
  switch (node.type) {
    case 'TestUnary':
      return testUnary(testWorld(shell), node.operator, yield* expandText(shell, node.operand));
    case 'TestBinary':
      return yield* runBinary(shell, node);
    case 'TestNot': {
      const value = yield* runTest(shell, node.operand);
      return node.negations.length % 2 === 1 ? !value : value;
    }
    case 'TestGroup':
      return yield* runTest(shell, node.expression);
    case 'TestLogical':
      for (const operand of node.operands) {
        if ((yield* runTest(shell, operand)) !== (node.operator === '&&')) return node.operator === '||';
      }
      return node.operator === '&&';
  }
}

function* runBinary(shell: Shell, node: TestBinaryExpression): Task<boolean> {
  const left = yield* expandText(shell, node.left);
  const ignoreCase = shell.options.nocasematch;
  switch (node.operator) {
    case '=':
    case '==':
      return patternToRegExp(yield* expandPattern(shell, node.right), { ignoreCase }).test(left);
    case '!=':
      return !patternToRegExp(yield* expandPattern(shell, node.right), { ignoreCase }).test(left);
    case '=~':
      return yield* matchRegExp(shell, left, node.right, ignoreCase);
    case '<':
      return left < (yield* expandText(shell, node.right));
    case '>':
      return left > (yield* expandText(shell, node.right));
    case '-nt':
    case '-ot':
    case '-ef':
      return testFiles(testWorld(shell), node.operator, left, yield* expandText(shell, node.right));
    default: {
      const a = yield* evaluateText(shell, left);
      return compareNumbers(node.operator, a, yield* evaluateText(shell, yield* expandText(shell, node.right)));
    }
  }
}

function* matchRegExp(shell: Shell, text: string, word: Word, ignoreCase: boolean): Task<boolean> {
  let source = '';
  if (word.parts === undefined) source = word.text;
  else {
    for (const part of word.parts) {
      const piece = yield* expandText(shell, {
        type: 'Word',
        pos: part.pos,
        end: part.end,
        text: part.text,
        value: part.text,
        parts: [part],
      });
      const quoted = part.type === 'SingleQuoted' || part.type === 'DoubleQuoted' || part.type === 'AnsiCQuoted';
      source += quoted ? piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : part.type === 'Literal' ? part.text : piece;
    }
  }
  const regExp = posixToRegExp(source, { extended: true, ignoreCase });
  if ('problem' in regExp) throw new CommandProblem(`[[: ${source}: ${regExp.problem}`, 2);
  const match = regExp.regExp.exec(text);
  const rematch = shell.variables.forChange('BASH_REMATCH');
  rematch.value = undefined;
  rematch.list = new Map((match ?? []).map((group, i) => [i, group ?? '']));
  return match !== null;
}

/** The world as `test` and `[[` see it from a shell. */
export function testWorld(shell: Shell): TestWorld {
  return {
    files: shell.system.files,
    cwd: shell.cwd,
    isTerminal: (fd) => shell.io.get(fd)?.isTerminal ?? false,
    isSet: (name) => {
      const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.+)\]$/.exec(name);
      return match ? shell.getVariable(match[1]!, match[2]) !== undefined : shell.parameter(name) !== undefined;
    },
    isOn: (option) => SET_NAMES.includes(option as never) && shell.options[option as keyof typeof shell.options],
  };
}
