import { sleep, type Task } from '../../sim/wait.ts';
import { resolvePath, FileError } from '../files.ts';
import { posixToRegExp } from '../regexp.ts';
import { CallbackWriter, TextReader } from '../streams.ts';
import { formatText, general } from './printf.ts';
import { linesOf } from './input.ts';
import type { AwkFunction, AwkScript, Expression, Statement } from './awk-parser.ts';
import type { Program, ProgramContext } from '../program.ts';
import type { Rng } from '../../sim/rng.ts';

/** A value: a number, a text, or a text from outside that counts as a number where it looks like one. */
export type AwkValue = number | string | Numeric | undefined;

/** Input that looks like a number. */
class Numeric {
  readonly text: string;
  readonly value: number;

  constructor(text: string) {
    this.text = text;
    this.value = Number(text);
  }
}

export class AwkError extends Error {}

class Jump {
  readonly kind: string;
  readonly value: AwkValue;

  constructor(kind: string, value?: AwkValue) {
    this.kind = kind;
    this.value = value;
  }
}

const STEPS_BEFORE_PAUSE = 20_000;

/** The state of a running awk program. Text goes to `output`, which the caller empties. */
export class Awk {
  output = '';
  exitCode = 0;
  private readonly script: AwkScript;
  private readonly context: ProgramContext;
  private readonly globals = new Map<string, AwkValue>();
  private readonly arrays = new Map<string, Map<string, AwkValue>>();
  private frames: Map<string, AwkValue | Map<string, AwkValue>>[] = [];
  private record = '';
  private fields: AwkValue[] | undefined;
  private readonly inRange: boolean[] = [];
  private readonly files = new Map<string, { lines: string[]; at: number }>();
  private readonly opened = new Set<string>();
  private readonly pipes = new Map<string, string>();
  private steps = 0;
  private rng: Rng | undefined;
  /** Gives the main input's next record to `getline`. */
  nextRecord: () => Task<string | undefined> = function* () {
    return undefined;
  };

  constructor(script: AwkScript, context: ProgramContext) {
    this.script = script;
    this.context = context;
    for (const [name, value] of Object.entries({
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      NR: 0,
      FNR: 0,
      NF: 0,
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
    })) {
      this.globals.set(name, value);
    }
    this.arrays.set('ENVIRON', new Map([...context.env].map(([name, value]) => [name, fromInput(value)])));
  }

  setVariable(name: string, value: AwkValue): void {
    this.globals.set(name, value);
  }

  /** A text from outside: a number where it looks like one. */
  inputValue(text: string): AwkValue {
    return fromInput(text);
  }

  variableText(name: string): string {
    return this.text(this.globals.get(name));
  }

  setArguments(args: readonly string[]): void {
    this.globals.set('ARGC', args.length);
    this.arrays.set('ARGV', new Map(args.map((arg, i) => [String(i), fromInput(arg)])));
  }

  get hasMainRules(): boolean {
    return this.script.rules.some((rule) => rule.kind !== 'begin');
  }

  /** Runs the BEGIN or END rules. False after `exit`. */
  *runSpecial(kind: 'begin' | 'end'): Task<boolean> {
    for (const rule of this.script.rules) {
      if (rule.kind === kind && !(yield* this.guarded(rule.body!))) return false;
    }
    return true;
  }

  /** Runs the rules over one record. */
  *runRecord(record: string): Task<'go on' | 'next file' | 'exit'> {
    this.setRecord(record);
    this.globals.set('NR', this.number(this.globals.get('NR')) + 1);
    this.globals.set('FNR', this.number(this.globals.get('FNR')) + 1);
    const { rules } = this.script;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      if (rule.kind === 'begin' || rule.kind === 'end') continue;
      if (rule.kind === 'when' && !this.truth(yield* this.value(rule.pattern!))) continue;
      if (rule.kind === 'range') {
        if (!this.inRange[i]) {
          if (!this.truth(yield* this.value(rule.pattern!))) continue;
          this.inRange[i] = true;
        }
        if (this.truth(yield* this.value(rule.until!))) this.inRange[i] = false;
      }
      if (!rule.body) {
        this.output += this.record + this.variableText('ORS');
        continue;
      }
      try {
        yield* this.statement(rule.body);
      } catch (jump) {
        if (!(jump instanceof Jump)) throw jump;
        if (jump.kind === 'next') return 'go on';
        if (jump.kind === 'nextfile') return 'next file';
        if (jump.kind === 'exit') {
          this.leave(jump);
          return 'exit';
        }
        throw jump;
      }
    }
    return 'go on';
  }

  private *guarded(body: Statement): Task<boolean> {
    try {
      yield* this.statement(body);
      return true;
    } catch (jump) {
      if (!(jump instanceof Jump)) throw jump;
      if (jump.kind === 'exit') this.leave(jump);
      return false;
    }
  }

  private leave(jump: Jump): void {
    if (jump.value !== undefined) this.exitCode = this.number(jump.value) & 255;
  }

  /** Runs what was printed into commands. */
  *closePipes(): Task<void> {
    for (const [command, input] of [...this.pipes]) yield* this.runShell(command, input);
    this.pipes.clear();
  }

  // --- statements

  private *statement(node: Statement): Task<void> {
    if (++this.steps >= STEPS_BEFORE_PAUSE) {
      this.steps = 0;
      yield* sleep(1);
    }
    switch (node.type) {
      case 'block':
        for (const each of node.body) yield* this.statement(each);
        return;
      case 'expression':
        yield* this.value(node.expression);
        return;
      case 'print':
        yield* this.print(node);
        return;
      case 'if':
        if (this.truth(yield* this.value(node.test))) yield* this.statement(node.yes);
        else if (node.no) yield* this.statement(node.no);
        return;
      case 'while':
        if (node.first && !(yield* this.round(node.body))) return;
        while (this.truth(yield* this.value(node.test))) if (!(yield* this.round(node.body))) return;
        return;
      case 'for':
        if (node.start) yield* this.statement(node.start);
        while (!node.test || this.truth(yield* this.value(node.test))) {
          if (!(yield* this.round(node.body))) return;
          if (node.step) yield* this.statement(node.step);
        }
        return;
      case 'forIn':
        for (const key of [...this.array(node.name).keys()]) {
          this.assignVariable(node.variable, fromInput(key));
          if (!(yield* this.round(node.body))) return;
        }
        return;
      case 'delete':
        if (node.index) this.array(node.name).delete(yield* this.key(node.index));
        else this.array(node.name).clear();
        return;
      case 'jump':
        throw new Jump(node.kind);
      case 'exit':
      case 'return':
        throw new Jump(node.type, node.value ? yield* this.value(node.value) : undefined);
    }
  }

  /** One round of a loop; false after `break`. */
  private *round(body: Statement): Task<boolean> {
    try {
      yield* this.statement(body);
      return true;
    } catch (jump) {
      if (!(jump instanceof Jump)) throw jump;
      if (jump.kind === 'continue') return true;
      if (jump.kind === 'break') return false;
      throw jump;
    }
  }

  private *print(node: Extract<Statement, { type: 'print' }>): Task<void> {
    const args: AwkValue[] = [];
    for (const arg of node.args) args.push(yield* this.value(arg));
    const line = node.format
      ? formatText(
          this.text(args[0]),
          args.slice(1).map((arg) => this.text(arg)),
        )
      : (args.length === 0 ? this.currentRecord() : args.map((arg) => this.outputText(arg)).join(this.variableText('OFS'))) +
        this.variableText('ORS');
    if (!node.to) {
      this.output += line;
      return;
    }
    const target = this.text(yield* this.value(node.to.target));
    const { files } = this.context.system;
    if (node.to.operator === '|') this.pipes.set(target, (this.pipes.get(target) ?? '') + line);
    else if (target === '/dev/stdout' || target === '-') this.output += line;
    else if (target === '/dev/stderr') yield* this.context.stderr.write(line);
    else {
      const path = resolvePath(this.context.cwd, target);
      if (!this.opened.has(path) && node.to.operator === '>') files.write(path, '');
      this.opened.add(path);
      files.append(path, line);
    }
  }

  // --- expressions

  private *value(node: Expression): Task<AwkValue> {
    switch (node.type) {
      case 'number':
      case 'string':
        return node.value;
      case 'group':
        return yield* this.value(node.inner);
      case 'regex':
        return this.regExp(node.source).test(this.currentRecord()) ? 1 : 0;
      case 'variable':
        return this.variable(node.name);
      case 'element':
        return this.element(node.name, yield* this.key(node.index));
      case 'field':
        return this.field(this.number(yield* this.value(node.index)));
      case 'assign':
        return yield* this.assignment(node);
      case 'conditional':
        return this.truth(yield* this.value(node.test)) ? yield* this.value(node.yes) : yield* this.value(node.no);
      case 'unary': {
        const operand = yield* this.value(node.operand);
        return node.operator === '!' ? (this.truth(operand) ? 0 : 1) : node.operator === '-' ? -this.number(operand) : this.number(operand);
      }
      case 'increment': {
        const before = this.number(yield* this.value(node.target));
        yield* this.assignTo(node.target, before + node.by);
        return node.prefix ? before + node.by : before;
      }
      case 'in':
        return this.array(node.name).has(yield* this.key(node.index)) ? 1 : 0;
      case 'call':
        return yield* this.call(node.name, node.args);
      case 'getline':
        return yield* this.getline(node);
      case 'binary':
        return yield* this.binary(node);
    }
  }

  private *binary(node: Extract<Expression, { type: 'binary' }>): Task<AwkValue> {
    const { operator } = node;
    const left = yield* this.value(node.left);
    if (operator === '&&') return this.truth(left) && this.truth(yield* this.value(node.right)) ? 1 : 0;
    if (operator === '||') return this.truth(left) || this.truth(yield* this.value(node.right)) ? 1 : 0;
    if (operator === '~' || operator === '!~') {
      const source = node.right.type === 'regex' ? node.right.source : this.text(yield* this.value(node.right));
      return this.regExp(source).test(this.text(left)) === (operator === '~') ? 1 : 0;
    }
    const right = yield* this.value(node.right);
    if (operator === ' ') return this.text(left) + this.text(right);
    if (['<', '<=', '==', '!=', '>', '>='].includes(operator)) return this.compare(operator, left, right) ? 1 : 0;
    return arithmetic(operator, this.number(left), this.number(right));
  }

  private compare(operator: string, left: AwkValue, right: AwkValue): boolean {
    const numeric = isNumeric(left) && isNumeric(right);
    const a = numeric ? this.number(left) : this.text(left);
    const b = numeric ? this.number(right) : this.text(right);
    switch (operator) {
      case '<':
        return a < b;
      case '<=':
        return a <= b;
      case '==':
        return a === b;
      case '!=':
        return a !== b;
      case '>':
        return a > b;
      default:
        return a >= b;
    }
  }

  private *assignment(node: Extract<Expression, { type: 'assign' }>): Task<AwkValue> {
    let value = yield* this.value(node.value);
    if (node.operator !== '=')
      value = arithmetic(node.operator.slice(0, -1).replace('**', '^'), this.number(yield* this.value(node.target)), this.number(value));
    yield* this.assignTo(node.target, value);
    return value;
  }

  private *assignTo(target: Expression, value: AwkValue): Task<void> {
    if (target.type === 'variable') this.assignVariable(target.name, value);
    else if (target.type === 'element') this.array(target.name).set(yield* this.key(target.index), value);
    else if (target.type === 'field') this.setField(this.number(yield* this.value(target.index)), value);
  }

  private assignVariable(name: string, value: AwkValue): void {
    const frame = this.frames[this.frames.length - 1];
    if (frame?.has(name)) frame.set(name, value);
    else {
      this.globals.set(name, value);
      if (name === 'NF') this.setFieldCount(this.number(value));
    }
  }

  private variable(name: string): AwkValue {
    const frame = this.frames[this.frames.length - 1];
    if (frame?.has(name)) {
      const local = frame.get(name);
      return local instanceof Map ? undefined : local;
    }
    if (name === 'NF') return this.splitRecord().length;
    return this.globals.get(name);
  }

  private array(name: string): Map<string, AwkValue> {
    const frame = this.frames[this.frames.length - 1];
    if (frame?.has(name)) {
      let local = frame.get(name);
      if (!(local instanceof Map)) {
        if (local !== undefined) throw new AwkError(`can't use scalar ${name} as array`);
        local = new Map();
        frame.set(name, local);
      }
      return local;
    }
    let array = this.arrays.get(name);
    if (!array) this.arrays.set(name, (array = new Map()));
    return array;
  }

  private element(name: string, key: string): AwkValue {
    const array = this.array(name);
    if (!array.has(key)) array.set(key, undefined);
    return array.get(key);
  }

  private *key(index: readonly Expression[]): Task<string> {
    const parts: string[] = [];
    for (const each of index) parts.push(this.text(yield* this.value(each)));
    return parts.join(this.variableText('SUBSEP'));
  }

  // --- records and fields

  setRecord(record: string): void {
    this.record = record;
    this.fields = undefined;
  }

  private currentRecord(): string {
    return this.record;
  }

  private splitRecord(): AwkValue[] {
    return (this.fields ??= this.split(this.record, this.variableText('FS')).map(fromInput));
  }

  private split(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/);
    if (separator === '') return [...text];
    if (separator === '\t' || (separator.length === 1 && !/[\\^$.*+?()[\]{}|]/.test(separator))) return text.split(separator);
    const pattern = separator.length === 1 ? `\\${separator}` : separator;
    const regExp = this.regExp(pattern, true);
    const parts: string[] = [];
    let from = 0;
    for (const match of text.matchAll(regExp)) {
      if (match[0] === '') continue;
      parts.push(text.slice(from, match.index));
      from = match.index + match[0].length;
    }
    parts.push(text.slice(from));
    return parts;
  }

  private field(index: number): AwkValue {
    if (index === 0) return fromInput(this.record);
    if (index < 0) throw new AwkError(`trying to access out of range field ${index}`);
    return this.splitRecord()[Math.trunc(index) - 1];
  }

  private setField(index: number, value: AwkValue): void {
    if (index === 0) {
      this.setRecord(this.text(value));
      return;
    }
    const fields = this.splitRecord();
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.record = fields.map((each) => this.text(each)).join(this.variableText('OFS'));
  }

  private setFieldCount(count: number): void {
    const fields = this.splitRecord();
    while (fields.length < count) fields.push('');
    fields.length = count;
    this.record = fields.map((each) => this.text(each)).join(this.variableText('OFS'));
  }

  // --- conversions

  number(value: AwkValue): number {
    if (typeof value === 'number') return value;
    if (value === undefined) return 0;
    if (value instanceof Numeric) return value.value;
    return parseFloat(/^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)/.exec(value)?.[0] ?? '0') || 0;
  }

  text(value: AwkValue): string {
    if (typeof value === 'string') return value;
    if (value === undefined) return '';
    if (value instanceof Numeric) return value.text;
    return Number.isInteger(value) ? integerText(value) : this.realText(value, 'CONVFMT');
  }

  private outputText(value: AwkValue): string {
    return typeof value === 'number' && !Number.isInteger(value) ? this.realText(value, 'OFMT') : this.text(value);
  }

  private realText(value: number, formatName: string): string {
    const format = this.globals.get(formatName);
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
    return format === '%.6g' ? general(value, 6) : formatText(String(format), [String(value)]);
  }

  private truth(value: AwkValue): boolean {
    if (typeof value === 'number') return value !== 0;
    if (value instanceof Numeric) return value.value !== 0;
    return value !== undefined && value !== '';
  }

  private regExp(source: string, global = false): RegExp {
    const compiled = posixToRegExp(source, { extended: true, global });
    if ('problem' in compiled) throw new AwkError(`regular expression compile failed (${compiled.problem})\n${source}`);
    return compiled.regExp;
  }

  // --- functions

  private *call(name: string, args: readonly Expression[]): Task<AwkValue> {
    const fn = this.script.functions.get(name);
    if (fn) return yield* this.callOwn(name, fn, args);
    switch (name) {
      case 'length':
        return yield* this.length(args[0]);
      case 'split':
        return yield* this.splitInto(args);
      case 'sub':
      case 'gsub':
        return yield* this.substitute(name === 'gsub', args);
      case 'match':
        return yield* this.match(args);
      case 'gensub':
        return yield* this.gensub(args);
    }
    const values: AwkValue[] = [];
    for (const arg of args) values.push(yield* this.value(arg));
    const [a, b, c] = values;
    switch (name) {
      case 'substr': {
        const text = this.text(a);
        const from = Math.round(this.number(b));
        const to = c === undefined ? Infinity : from + Math.round(this.number(c));
        return text.slice(Math.max(0, from - 1), to === Infinity ? undefined : Math.max(0, to - 1));
      }
      case 'index':
        return this.text(a).indexOf(this.text(b)) + 1;
      case 'sprintf':
        return formatText(
          this.text(a),
          values.slice(1).map((value) => this.text(value)),
        );
      case 'tolower':
        return this.text(a).toLowerCase();
      case 'toupper':
        return this.text(a).toUpperCase();
      case 'int':
        return Math.trunc(this.number(a));
      case 'sin':
        return Math.sin(this.number(a));
      case 'cos':
        return Math.cos(this.number(a));
      case 'atan2':
        return Math.atan2(this.number(a), this.number(b));
      case 'exp':
        return Math.exp(this.number(a));
      case 'log':
        return Math.log(this.number(a));
      case 'sqrt':
        return Math.sqrt(this.number(a));
      case 'rand':
        return (this.rng ??= this.context.kernel.rng.fork(`awk ${this.context.kernel.now}`)).int(0, 999_999) / 1_000_000;
      case 'srand':
        this.rng = this.context.kernel.rng.fork(`awk ${this.text(a)}`);
        return 0;
      case 'systime':
        return Math.floor(this.context.kernel.epochMs() / 1000);
      case 'system': {
        yield* this.flush();
        return yield* this.runShell(this.text(a), '');
      }
      case 'close': {
        const target = this.text(a);
        const input = this.pipes.get(target);
        this.pipes.delete(target);
        this.files.delete(target);
        this.opened.delete(resolvePath(this.context.cwd, target));
        return input === undefined ? 0 : yield* this.runShell(target, input);
      }
      case 'fflush':
        yield* this.flush();
        return 0;
      default:
        throw new AwkError(`function ${name} never defined`);
    }
  }

  private *flush(): Task<void> {
    const { output } = this;
    this.output = '';
    if (output !== '') yield* this.context.stdout.write(output);
  }

  private *callOwn(name: string, fn: AwkFunction, args: readonly Expression[]): Task<AwkValue> {
    if (this.frames.length >= 200) throw new AwkError(`function ${name}: calls nested too deeply`);
    const frame = new Map<string, AwkValue | Map<string, AwkValue>>();
    for (const [i, parameter] of fn.parameters.entries()) {
      const arg = args[i];
      if (arg?.type === 'variable') {
        const outer = this.frames[this.frames.length - 1]?.get(arg.name) ?? this.arrays.get(arg.name);
        if (outer instanceof Map) frame.set(parameter, outer);
        else {
          const value = this.variable(arg.name);
          // An unset name may become an array inside: it is shared if it does.
          if (value === undefined && usesAsArray(fn.body, parameter)) frame.set(parameter, this.array(arg.name));
          else frame.set(parameter, value);
        }
      } else frame.set(parameter, arg ? yield* this.value(arg) : undefined);
    }
    this.frames.push(frame);
    try {
      yield* this.statement(fn.body);
    } catch (jump) {
      if (jump instanceof Jump && jump.kind === 'return') return jump.value;
      throw jump;
    } finally {
      this.frames.pop();
    }
    return undefined;
  }

  private *length(arg: Expression | undefined): Task<number> {
    if (!arg) return this.currentRecord().length;
    if (arg.type === 'variable' && (this.arrays.has(arg.name) || this.frames[this.frames.length - 1]?.get(arg.name) instanceof Map))
      return this.array(arg.name).size;
    return this.text(yield* this.value(arg)).length;
  }

  private *splitInto(args: readonly Expression[]): Task<number> {
    const [source, target, separator] = args;
    if (target?.type !== 'variable') throw new AwkError('split: second argument must be an array');
    const text = this.text(yield* this.value(source!));
    const by =
      separator === undefined
        ? this.variableText('FS')
        : separator.type === 'regex'
          ? separator.source
          : this.text(yield* this.value(separator));
    const parts = this.split(text, separator?.type === 'regex' && by.length === 1 ? `(${by})` : by);
    const array = this.array(target.name);
    array.clear();
    parts.forEach((part, i) => array.set(String(i + 1), fromInput(part)));
    return parts.length;
  }

  private *pattern(node: Expression, global: boolean): Task<RegExp> {
    return this.regExp(node.type === 'regex' ? node.source : this.text(yield* this.value(node)), global);
  }

  private *substitute(global: boolean, args: readonly Expression[]): Task<number> {
    const regExp = yield* this.pattern(args[0]!, global);
    const by = this.text(yield* this.value(args[1]!));
    const target: Expression = args[2] ?? { type: 'field', index: { type: 'number', value: 0 } };
    let count = 0;
    const text = this.text(yield* this.value(target)).replace(regExp, (match) => {
      count++;
      return by.replace(/\\\\|\\&|&/g, (each) => (each === '&' ? match : each === '\\&' ? '&' : '\\'));
    });
    if (count > 0) yield* this.assignTo(target, text);
    return count;
  }

  private *gensub(args: readonly Expression[]): Task<string> {
    const how = this.text(yield* this.value(args[2]!));
    const regExp = yield* this.pattern(args[0]!, true);
    const by = this.text(yield* this.value(args[1]!));
    const text = args[3] ? this.text(yield* this.value(args[3])) : this.currentRecord();
    let count = 0;
    return text.replace(regExp, (...found: unknown[]) => {
      count++;
      if (!/^[gG]/.test(how) && count !== Math.max(1, parseInt(how, 10) || 1)) return found[0] as string;
      return by.replace(/\\(\d)|\\&|&/g, (each, digit?: string) =>
        digit !== undefined ? ((found[Number(digit)] as string | undefined) ?? '') : each === '&' ? (found[0] as string) : '&',
      );
    });
  }

  private *match(args: readonly Expression[]): Task<number> {
    const text = this.text(yield* this.value(args[0]!));
    const found = (yield* this.pattern(args[1]!, false)).exec(text);
    this.globals.set('RSTART', found ? found.index + 1 : 0);
    this.globals.set('RLENGTH', found ? found[0].length : -1);
    if (args[2]?.type === 'variable') {
      const array = this.array(args[2].name);
      array.clear();
      found?.forEach((group, i) => array.set(String(i), fromInput(group ?? '')));
    }
    return found ? found.index + 1 : 0;
  }

  private *getline(node: Extract<Expression, { type: 'getline' }>): Task<number> {
    let line: string | undefined;
    if (node.command) {
      const command = this.text(yield* this.value(node.command));
      if (!this.files.has(command)) {
        yield* this.flush();
        this.files.set(command, { lines: linesOf(yield* this.commandOutput(command)), at: 0 });
      }
      line = this.nextLine(command);
    } else if (node.file) {
      const name = this.text(yield* this.value(node.file));
      if (!this.files.has(name)) {
        try {
          this.files.set(name, { lines: linesOf(this.context.system.files.read(resolvePath(this.context.cwd, name))), at: 0 });
        } catch (error) {
          if (error instanceof FileError) return -1;
          throw error;
        }
      }
      line = this.nextLine(name);
    } else line = yield* this.nextRecord();
    if (line === undefined) return 0;
    if (!node.file) this.globals.set('NR', this.number(this.globals.get('NR')) + 1);
    if (node.target) yield* this.assignTo(node.target, fromInput(line));
    else this.setRecord(line);
    return 1;
  }

  private nextLine(name: string): string | undefined {
    const file = this.files.get(name)!;
    return file.lines[file.at++];
  }

  private *commandOutput(command: string): Task<string> {
    let text = '';
    yield* this.runShell(command, '', (more) => {
      text += more;
    });
    return text;
  }

  private *runShell(command: string, input: string, collect?: (text: string) => void): Task<number> {
    const { context } = this;
    const shell: Program | undefined = context.system.programs.get('sh');
    if (!shell) throw new AwkError('no shell to run commands');
    const stdin = new TextReader(input);
    const stdout = collect ? new CallbackWriter(collect) : context.stdout;
    const { system, kernel, group, env, cwd, stderr } = context;
    return yield* shell({ system, kernel, group, name: 'sh', args: ['-c', command], env, cwd, stdin, stdout, stderr });
  }
}

function usesAsArray(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { type, name: own } = node as { type?: string; name?: string };
  if (own === name && (type === 'element' || type === 'in' || type === 'forIn' || type === 'delete')) return true;
  return Object.values(node).some((child) => usesAsArray(child, name));
}

function integerText(value: number): string {
  return Math.abs(value) < 1e21 ? String(value === 0 ? 0 : value) : general(value, 6);
}

function fromInput(text: string): AwkValue {
  return /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)\s*$/.test(text) ? new Numeric(text) : text;
}

function isNumeric(value: AwkValue): boolean {
  return typeof value !== 'string';
}

function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw new AwkError('division by zero');
      return a / b;
    case '%':
      if (b === 0) throw new AwkError('division by zero in %');
      return a % b;
    default:
      return a ** b;
  }
}
