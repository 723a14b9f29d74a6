import { processesOf, SIGNALS, signalName } from '../processes.ts';
import { wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'kill [-s SIGNAL | -SIGNAL] PID...\n  or:  kill -l [SIGNAL]...',
  about: 'Send signals to processes, or list signals.',
};

/** Sends signals to processes of the same system. Shells have a builtin of this name that also knows jobs. */
export const kill: Program = function* (context) {
  let [first, ...rest] = context.args;
  if (first === '--help') {
    yield* context.stdout.write(`Usage: ${SPEC.usage}\n${SPEC.about}\n`);
    return 0;
  }
  if (first === '-l') {
    yield* context.stdout.write(`${Object.keys(SIGNALS).join(' ')}\n`);
    return 0;
  }
  let name = 'TERM';
  if (first === '-s') [name = '', ...rest] = rest;
  else if (first !== undefined && /^-[A-Za-z0-9]/.test(first)) name = first.slice(1);
  else rest = first === undefined ? [] : [first, ...rest];
  const signal = signalName(name);
  if (signal === undefined) {
    yield* context.stderr.write(`kill: '${name}': invalid signal\n`);
    return 1;
  }
  if (rest.length === 0) return yield* wrongUsage(context, SPEC, 'no process ID specified');
  let status = 0;
  for (const target of rest) {
    const entry = processesOf(context.system).get(Number(target));
    if (!/^\d+$/.test(target)) yield* context.stderr.write(`kill: invalid process id: '${target}'\n`);
    else if (!entry) yield* context.stderr.write(`kill: (${target}): No such process\n`);
    else {
      if (signal !== 'EXIT') entry.signal(signal);
      continue;
    }
    status = 1;
  }
  return status;
};
