import { sleep } from '../../sim/wait.ts';
import { formatDate } from '../calendar.ts';
import { runArguments } from '../exec.ts';
import { emptyReader } from '../streams.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'watch [options] command',
  about: 'Execute a program periodically, showing output fullscreen.',
  stopsAtOperand: true,
  options: [
    ['-d, --differences[=<permanent>]', 'highlight changes between updates'],
    ['-e, --errexit', 'exit if command has a non-zero exit'],
    ['-n, --interval <secs>', 'seconds to wait between updates'],
    ['-t, --no-title', 'turn off header'],
    ['-x, --exec', 'pass command to exec instead of "sh -c"'],
  ],
};

/** Runs a command again and again on a cleared screen. */
export const watch: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { operands } = options;
  if (operands.length === 0) return yield* wrongUsage(context, SPEC, 'no command given');
  const seconds = Number(options.value('n') ?? 2);
  if (!(seconds > 0)) {
    yield* context.stderr.write(`watch: failed to parse argument: '${options.value('n')}': Invalid argument\n`);
    return 1;
  }
  const command = operands.join(' ');
  const { stdout, kernel, system } = context;
  for (;;) {
    const title = `Every ${seconds.toFixed(1)}s: ${command}`;
    const right = `${system.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', kernel.epochMs())}`;
    yield* stdout.write(
      `${stdout.isTerminal ? '\x1b[H\x1b[2J' : ''}${options.has('t') ? '' : `${title}${' '.repeat(Math.max(1, 80 - title.length - right.length))}${right}\n\n`}`,
    );
    const running = runArguments(context, options.has('x') ? operands : ['sh', '-c', command], { stdin: emptyReader() });
    const status = running ? yield* running : 127;
    if (status !== 0 && options.has('e')) return 8;
    yield* sleep(Math.max(0.1, seconds) * 1000);
  }
};
