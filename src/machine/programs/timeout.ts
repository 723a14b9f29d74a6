import { withTimeout } from '../../sim/wait.ts';
import { runArguments } from '../exec.ts';
import { signalName } from '../processes.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import { parseDuration } from './sleep.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'timeout [OPTION] DURATION COMMAND [ARG]...',
  about: 'Start COMMAND, and kill it if still running after DURATION.',
  wrongUsage: 125,
  stopsAtOperand: true,
  options: [
    ['-k, --kill-after=DURATION', 'also send a KILL signal if COMMAND is still running this long after the initial signal was sent'],
    ['-s, --signal=SIGNAL', 'specify the signal to be sent on timeout'],
    ['-v, --verbose', 'diagnose to stderr any signal sent upon timeout'],
    ['--preserve-status', 'exit with the same status as COMMAND, even when the command times out'],
    ['--foreground', 'when not running timeout directly from a shell prompt, allow COMMAND to read from the TTY'],
  ],
};

/** Runs a command for at most so long. */
export const timeout: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [duration, ...command] = options.operands;
  if (duration === undefined || command.length === 0)
    return yield* wrongUsage(context, SPEC, duration === undefined ? 'missing operand' : `missing operand after '${duration}'`);
  const limitMs = parseDuration(duration);
  if (limitMs === undefined) return yield* wrongUsage(context, SPEC, `invalid time interval '${duration}'`);
  const signal = signalName(options.value('s') ?? 'TERM');
  if (signal === undefined) return yield* wrongUsage(context, SPEC, `${options.value('s')}: invalid signal`);
  const group = context.group.child('timeout');
  const running = runArguments(context, command, { group });
  if (!running) {
    yield* context.stderr.write(`timeout: failed to run command '${command[0]}': No such file or directory\n`);
    return 127;
  }
  const process = group.spawn(command[0]!, running);
  if (limitMs === 0 || limitMs === Infinity) return yield* process.join();
  const outcome = yield* withTimeout<number>(limitMs, process.completion());
  if (!outcome.timedOut) return outcome.value;
  group.dispose();
  if (options.has('v')) yield* context.stderr.write(`timeout: sending signal ${signal} to command '${command[0]}'\n`);
  return signal === 'KILL' ? 137 : options.has('preserve-status') ? 143 : 124;
};
