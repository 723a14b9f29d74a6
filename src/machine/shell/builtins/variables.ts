import { assign } from '../assign.ts';
import { evaluateText } from '../arithmetic.ts';
import { quoteForShell } from '../../quote.ts';
import { CommandProblem } from '../signals.ts';
import { fail, isName, letters, unknownFlag, type Builtin } from './builtin.ts';
import type { Task } from '../../../sim/wait.ts';
import type { Shell } from '../shell.ts';
import type { Variable } from '../variables.ts';

/** `name=value`, `name+=value`, `name[index]=value` or `name` as it comes among the arguments. */
function parseArgument(text: string): { name: string; index: string | undefined; append: boolean; value: string | undefined } | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([^\]]*)\])?(?:(\+?)=([\s\S]*))?$/.exec(text);
  return match ? { name: match[1]!, index: match[2], append: match[3] === '+', value: match[4] } : undefined;
}

function* setFromArgument(shell: Shell, text: string, declare: (variable: Variable) => void, local: boolean): Task<string | undefined> {
  const parsed = parseArgument(text);
  if (!parsed) return undefined;
  const { name, index, append, value } = parsed;
  const before = append ? (shell.getVariable(name, index) ?? '') : '';
  if (value !== undefined && shell.variables.find(name)?.readonly) throw new CommandProblem(`${name}: readonly variable`);
  const variable = local ? shell.variables.declareLocal(name) : shell.variables.forChange(name);
  const { readonly: wasReadonly } = variable;
  declare(variable);
  const makesReadonly = variable.readonly && !wasReadonly;
  if (makesReadonly) variable.readonly = false;
  const array = shell.arrayArguments.get(name);
  if (array) {
    const others = new Map(shell.arrayArguments);
    others.delete(name);
    shell.arrayArguments = others;
    yield* assign(shell, array);
  } else if (value !== undefined) {
    shell.setVariable(name, index, variable.integer ? String(yield* evaluateText(shell, before + value)) : before + value);
  }
  if (makesReadonly) variable.readonly = true;
  return name;
}

const exportBuiltin: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  const bad = unknownFlag(flags, 'fnp');
  if (bad) return yield* fail(shell, 'export', `-${bad}: invalid option\nexport: usage: export [-fn] [name[=value] ...] or export -p`, 2);
  if (operands.length === 0) {
    yield* list(shell, (variable) => variable.exported, shell.flavour === 'bash' ? 'declare -x ' : 'export ');
    return 0;
  }
  let status = 0;
  for (const operand of operands) {
    const name = yield* setFromArgument(shell, operand, () => {}, false);
    if (name === undefined) status = yield* fail(shell, 'export', `\`${operand}': not a valid identifier`);
    else if (flags.includes('n')) {
      shell.variables.forChange(name).exported = false;
    } else shell.variables.export(name);
  }
  return status;
};

const readonlyBuiltin: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  if (operands.length === 0) {
    yield* list(shell, (variable) => variable.readonly, shell.flavour === 'bash' ? 'declare -r ' : 'readonly ');
    return 0;
  }
  let status = 0;
  for (const operand of operands) {
    const name = yield* setFromArgument(shell, operand, (variable) => makeArray(variable, flags), false);
    if (name === undefined) status = yield* fail(shell, 'readonly', `\`${operand}': not a valid identifier`);
    else shell.variables.forChange(name).readonly = true;
  }
  return status;
};

function makeArray(variable: Variable, flags: string): void {
  if (flags.includes('A') && !variable.map) {
    variable.map = new Map();
    variable.value = undefined;
  } else if (flags.includes('a') && !variable.list) {
    variable.list = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
    variable.value = undefined;
  }
}

function* list(shell: Shell, wanted: (variable: Variable) => boolean, prefix: string): Task<void> {
  let text = '';
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name)!;
    if (wanted(variable)) text += `${prefix}${declaration(name, variable)}\n`;
  }
  yield* shell.io.stdout.write(text);
}

function quoteValue(text: string): string {
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}

function declaration(name: string, variable: Variable): string {
  if (variable.list) return `${name}=(${[...variable.list].map(([index, text]) => `[${index}]=${quoteValue(text)}`).join(' ')})`;
  if (variable.map) return `${name}=(${[...variable.map].map(([key, text]) => `[${key}]=${quoteValue(text)} `).join('')})`;
  return variable.value === undefined ? name : `${name}=${quoteValue(variable.value)}`;
}

const DECLARE_FLAGS = 'aAfFgilnprtux';

const declare: Builtin = function* (shell, args) {
  const name = args[0]!;
  const off = args.filter((arg) => /^\+[a-z]/.test(arg)).join('');
  const { flags, operands } = letters(args.filter((arg, i) => i === 0 || !/^\+[a-z]+$/.test(arg)));
  const bad = unknownFlag(flags, DECLARE_FLAGS);
  if (bad)
    return yield* fail(
      shell,
      name,
      `-${bad}: invalid option\n${name}: usage: ${name} [-aAfFgiIlnrtux] [name[=value] ...] or ${name} -p [-aAfFilnrtux] [name ...]`,
      2,
    );
  if (name === 'local' && shell.functionNames.length === 0) return yield* fail(shell, 'local', 'can only be used in a function');
  if (flags.includes('f') || flags.includes('F')) return yield* declareFunctions(shell, operands, flags.includes('F'));
  if (flags.includes('p') || operands.length === 0) return yield* printDeclarations(shell, operands, flags);
  const local = shell.functionNames.length > 0 && !flags.includes('g');
  let status = 0;
  for (const operand of operands) {
    const attributes = (variable: Variable): void => {
      makeArray(variable, flags);
      if (flags.includes('i')) variable.integer = true;
      if (flags.includes('u')) variable.letters = 'upper';
      if (flags.includes('l')) variable.letters = 'lower';
      if (flags.includes('r')) variable.readonly = true;
      if (off.includes('i')) variable.integer = false;
    };
    const declared = yield* setFromArgument(shell, operand, attributes, local);
    if (declared === undefined) status = yield* fail(shell, name, `\`${operand}': not a valid identifier`);
    else if (flags.includes('x')) shell.variables.export(declared);
    else if (off.includes('x')) shell.variables.forChange(declared).exported = false;
  }
  return status;
};

function* declareFunctions(shell: Shell, names: readonly string[], onlyNames: boolean): Task<number> {
  let status = 0;
  for (const name of names.length > 0 ? names : [...shell.functions.keys()].sort()) {
    const fn = shell.functions.get(name);
    if (!fn) status = 1;
    else if (onlyNames) yield* shell.io.stdout.write(names.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
    else yield* shell.io.stdout.write(`${name} () \n${fn.source.slice(fn.body.pos, fn.body.end)}\n`);
  }
  return status;
}

function* printDeclarations(shell: Shell, names: readonly string[], flags: string): Task<number> {
  let status = 0;
  for (const name of names.length > 0 ? names : shell.variables.names()) {
    const variable = shell.variables.find(name);
    if (!variable) {
      status = yield* fail(shell, 'declare', `${name}: not found`);
      continue;
    }
    const letters = `${variable.list ? 'a' : ''}${variable.map ? 'A' : ''}${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}`;
    if (names.length === 0 && [...flags].some((flag) => flag !== 'p' && !letters.includes(flag))) continue;
    yield* shell.io.stdout.write(`declare -${letters || '-'} ${declaration(name, variable)}\n`);
  }
  return status;
}

const unset: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  let status = 0;
  for (const operand of operands) {
    const element = /^([A-Za-z_][A-Za-z0-9_]*)\[(.+)\]$/.exec(operand);
    if (element) {
      const variable = shell.variables.forChange(element[1]!);
      if (variable.map) variable.map.delete(element[2]!);
      else variable.list?.delete(yield* evaluateText(shell, element[2]!));
    } else if (flags.includes('f')) shell.undefineFunction(operand);
    else if (!isName(operand)) status = yield* fail(shell, 'unset', `\`${operand}': not a valid identifier`);
    else if (shell.variables.find(operand)?.readonly) status = yield* fail(shell, 'unset', `${operand}: cannot unset: readonly variable`);
    else if (shell.variables.find(operand) || flags.includes('v')) shell.variables.unset(operand);
    else shell.undefineFunction(operand);
  }
  return status;
};

const shift: Builtin = (shell, args) => {
  const count = args[1] === undefined ? 1 : Number(args[1]);
  if (!Number.isInteger(count)) return fail(shell, 'shift', `${args[1]}: numeric argument required`);
  if (count < 0) return fail(shell, 'shift', `${args[1]}: shift count out of range`);
  if (count > shell.positional.length) return shell.flavour === 'bash' ? 1 : fail(shell, 'shift', "can't shift that many", 2);
  shell.positional = shell.positional.slice(count);
  return 0;
};

const letBuiltin: Builtin = function* (shell, args) {
  if (args.length < 2) return yield* fail(shell, 'let', 'expression expected');
  let value = 0;
  for (const text of args.slice(1)) {
    try {
      value = yield* evaluateText(shell, text);
    } catch (problem) {
      if (problem instanceof CommandProblem) throw new CommandProblem(`let: ${problem.message}`);
      throw problem;
    }
  }
  return value !== 0 ? 0 : 1;
};

export const VARIABLES: Readonly<Record<string, Builtin>> = {
  declare,
  export: exportBuiltin,
  let: letBuiltin,
  local: declare,
  readonly: readonlyBuiltin,
  shift,
  typeset: declare,
  unset,
};

/** For `set` without arguments. */
export function variableLines(shell: Shell): string {
  return shell.variables
    .names()
    .map((name) => {
      const variable = shell.variables.find(name)!;
      if (variable.list || variable.map) return `${declaration(name, variable)}\n`;
      const text = variable.value ?? '';
      return `${name}=${/^[A-Za-z0-9_@%+:,./-]*$/.test(text) && shell.flavour === 'bash' ? text : quoteForShell(text)}\n`;
    })
    .join('');
}
