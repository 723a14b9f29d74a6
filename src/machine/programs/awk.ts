import type { Task } from '../../sim/wait.ts';
import { AwkSyntaxError } from './awk-lexer.ts';
import { parseAwk, type AwkScript } from './awk-parser.ts';
import { Awk, AwkError } from './awk-run.ts';
import { unescapeText } from './escapes.ts';
import { LineBatches, openOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage:
    "awk [-F value] [-v var=value] [--] 'program text' [file ...]\n   or: awk [-F value] [-v var=value] [-f program-file] [--] [file ...]",
  about: 'Pattern scanning and text processing.',
  wrongUsage: 2,
  stopsAtOperand: true,
  options: [
    ['-F, --field-separator=VALUE', 'use VALUE as the field separator'],
    ['-v, --assign=VAR=VALUE', 'assign VALUE to the variable VAR before the program begins'],
    ['-f, --file=PROGRAM-FILE', 'read the program text from PROGRAM-FILE'],
  ],
};

const scripts = new Map<string, AwkScript>();

/** awk, in the manner of mawk and gawk without networking. */
export const awk: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const operands = [...options.operands];
  let source = '';
  for (const file of options.values('f')) {
    const reader = yield* openOperand(context, file);
    if (!reader) return 2;
    source += `${yield* reader.readAll()}\n`;
  }
  if (!options.has('f')) {
    const first = operands.shift();
    if (first === undefined) {
      yield* context.stderr.write(`Usage: ${SPEC.usage}\n`);
      return 2;
    }
    source = first;
  }
  try {
    let script = scripts.get(source);
    if (!script) {
      script = parseAwk(source);
      if (scripts.size > 200) scripts.clear();
      scripts.set(source, script);
    }
    const state = new Awk(script, context);
    state.setArguments(['awk', ...operands]);
    if (options.has('F')) state.setVariable('FS', separator(options.value('F')!));
    for (const assignment of options.values('v')) {
      if (!assignOperand(state, assignment)) {
        yield* context.stderr.write(`awk: improper assignment: -v ${assignment}\n`);
        return 2;
      }
    }
    return yield* run(context, state, operands);
  } catch (error) {
    if (!(error instanceof AwkSyntaxError) && !(error instanceof AwkError)) throw error;
    yield* context.stderr.write(`awk: ${error.message}\n`);
    return 2;
  }
};

function separator(value: string): string {
  return value === 't' ? '\t' : unescapeText(value, false).text;
}

function assignOperand(state: Awk, text: string): boolean {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text);
  if (!match) return false;
  state.setVariable(match[1]!, state.inputValue(unescapeText(match[2]!, false).text));
  return true;
}

function* run(context: ProgramContext, state: Awk, operands: readonly string[]): Task<number> {
  let goesOn = yield* state.runSpecial('begin');
  yield* flush(context, state);
  let status = 0;
  if (goesOn && state.hasMainRules) {
    const inputs = operands.filter((operand) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(operand));
    for (const operand of inputs.length > 0 ? operands : [...operands, '-']) {
      if (assignOperand(state, operand)) continue;
      const reader = yield* openOperand(context, operand, 'silent');
      if (!reader) {
        yield* context.stderr.write(`awk: cannot open ${operand} (No such file or directory)\n`);
        status = 2;
        continue;
      }
      state.setVariable('FILENAME', operand === '-' ? '' : operand);
      state.setVariable('FNR', 0);
      if ((yield* readRecords(context, state, new Records(state, reader))) === 'exit') {
        goesOn = false;
        break;
      }
    }
  }
  // `exit` outside END still runs the END rules, unless it came in BEGIN of a program without them.
  if (goesOn || state.hasMainRules) yield* state.runSpecial('end');
  yield* flush(context, state);
  yield* state.closePipes();
  return state.exitCode || status;
}

function* readRecords(context: ProgramContext, state: Awk, records: Records): Task<'end' | 'exit'> {
  state.nextRecord = () => records.next();
  for (let record = yield* records.next(); record !== undefined; record = yield* records.next()) {
    const outcome = yield* state.runRecord(record);
    if (records.needsMore || state.output.length > 8_192) yield* flush(context, state);
    if (outcome === 'exit') return 'exit';
    if (outcome === 'next file') break;
  }
  yield* flush(context, state);
  return 'end';
}

function* flush(context: ProgramContext, state: Awk): Task<void> {
  const { output } = state;
  state.output = '';
  if (output !== '') yield* context.stdout.write(output);
}

/** Cuts input into records at $RS. */
class Records {
  private readonly state: Awk;
  private readonly reader: ConstructorParameters<typeof LineBatches>[0];
  private readonly batches: LineBatches;
  private lines: readonly string[] = [];
  private at = 0;
  private all: string[] | undefined;

  constructor(state: Awk, reader: ConstructorParameters<typeof LineBatches>[0]) {
    this.state = state;
    this.reader = reader;
    this.batches = new LineBatches(reader);
  }

  /** The next record has to be waited for. */
  get needsMore(): boolean {
    return this.all === undefined && this.at >= this.lines.length;
  }

  *next(): Task<string | undefined> {
    const by = this.state.variableText('RS');
    if (by !== '\n' || this.all) {
      this.all ??= cutRecords(yield* this.reader.readAll(), by);
      return this.all[this.at++];
    }
    if (this.at >= this.lines.length) {
      const lines = yield* this.batches.next();
      if (!lines) return undefined;
      this.lines = lines;
      this.at = 0;
    }
    return this.lines[this.at++];
  }
}

function cutRecords(text: string, by: string): string[] {
  const records = by === '' ? text.replace(/^\n+/, '').split(/\n\n+/) : text.split(by.length === 1 ? by : new RegExp(by, 'u'));
  if (records[records.length - 1]?.replace(/\n$/, '') === '') records.pop();
  else if (records.length > 0) records[records.length - 1] = records[records.length - 1]!.replace(/\n$/, '');
  return records;
}
