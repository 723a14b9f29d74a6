import { resolvePath } from '../files.ts';
import { linesOf, readOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'uniq [OPTION]... [INPUT [OUTPUT]]',
  about: 'Filter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).',
  options: [
    ['-c, --count', 'prefix lines by the number of occurrences'],
    ['-d, --repeated', 'only print duplicate lines, one for each group'],
    ['-D', 'print all duplicate lines'],
    ['-f, --skip-fields=N', 'avoid comparing the first N fields'],
    ['-i, --ignore-case', 'ignore differences in case when comparing'],
    ['-s, --skip-chars=N', 'avoid comparing the first N characters'],
    ['-u, --unique', 'only print unique lines'],
    ['-w, --check-chars=N', 'compare no more than N characters in lines'],
  ],
};

/** Folds equal neighbouring lines. */
export const uniq: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length > 2) {
    yield* context.stderr.write(`uniq: extra operand '${options.operands[2]}'\nTry 'uniq --help' for more information.\n`);
    return 1;
  }
  const text = yield* readOperand(context, options.operands[0] ?? '-');
  if (text === undefined) return 1;
  const fields = Number(options.value('f') ?? 0);
  const skip = Number(options.value('s') ?? 0);
  const most = options.has('w') ? Number(options.value('w')) : Infinity;
  const keyOf = (line: string): string => {
    const rest = fields > 0 ? line.replace(new RegExp(`^(?:\\s*\\S+){0,${fields}}`), '') : line;
    const key = rest.slice(skip, most === Infinity ? undefined : skip + most);
    return options.has('i') ? key.toLowerCase() : key;
  };
  const groups: { lines: string[]; key: string }[] = [];
  for (const line of linesOf(text)) {
    const key = keyOf(line);
    const last = groups[groups.length - 1];
    if (last && last.key === key) last.lines.push(line);
    else groups.push({ lines: [line], key });
  }
  let result = '';
  for (const { lines } of groups) {
    if (options.has('d') && lines.length < 2) continue;
    if (options.has('u') && lines.length > 1) continue;
    if (options.has('D')) result += lines.length > 1 ? `${lines.join('\n')}\n` : '';
    else result += `${options.has('c') ? `${String(lines.length).padStart(7)} ` : ''}${lines[0]}\n`;
  }
  const output = options.operands[1];
  if (output !== undefined && output !== '-') context.system.files.write(resolvePath(context.cwd, output), result);
  else yield* context.stdout.write(result);
  return 0;
};
