import { processesOf, SIGNALS, signalName } from '../../processes.ts';
import { fail, letters, type Builtin } from './builtin.ts';
import type { Task } from '../../../sim/wait.ts';
import type { Job } from '../jobs.ts';
import type { Shell } from '../shell.ts';

const jobs: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  let status = 0;
  const chosen: Job[] = [];
  for (const spec of operands) {
    const job = shell.jobs.bySpec(spec);
    if (job) chosen.push(job);
    else status = yield* fail(shell, 'jobs', `${spec}: no such job`);
  }
  for (const job of operands.length > 0 ? chosen : [...shell.jobs.all]) {
    if (flags.includes('r') && job.status !== undefined) continue;
    const line = shell.jobs.describe(job);
    const long = flags.includes('l') ? line.replace(/^(\[\d+\][-+ ]) /, `$1 ${String(job.pid).padStart(5)}`) : line;
    yield* shell.io.stdout.write(flags.includes('p') ? `${job.pid}\n` : `${long}\n`);
    if (job.status !== undefined) shell.jobs.forget(job);
  }
  return status;
};

const wait: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  if (flags.includes('n')) {
    const waiting = shell.jobs.all.slice();
    if (waiting.length === 0) return 127;
    for (;;) {
      const ended = waiting.find((job) => job.status !== undefined);
      if (ended) {
        shell.jobs.forget(ended);
        return ended.status!;
      }
      yield* shell.jobs.changed.wait();
    }
  }
  if (operands.length === 0) {
    for (const job of [...shell.jobs.all]) yield* waitFor(shell, job);
    return 0;
  }
  let status = 0;
  for (const operand of operands) {
    const job = operand.startsWith('%') ? shell.jobs.bySpec(operand) : shell.jobs.byPid(Number(operand));
    if (job) status = yield* waitFor(shell, job);
    else if (operand.startsWith('%')) status = yield* fail(shell, 'wait', `${operand}: no such job`, 127);
    else if (!/^\d+$/.test(operand)) status = yield* fail(shell, 'wait', `\`${operand}': not a pid or valid job spec`, 1);
    else status = yield* fail(shell, 'wait', `pid ${operand} is not a child of this shell`, 127);
  }
  return status;
};

function* waitFor(shell: Shell, job: Job): Task<number> {
  while (job.status === undefined) {
    if (shell.pendingSignals.length > 0) return 128 + (SIGNALS[shell.pendingSignals[0]!] ?? 0);
    yield* shell.jobs.changed.wait();
  }
  shell.jobs.forget(job);
  return job.status;
}

const fg: Builtin = function* (shell, args) {
  const job = args[1] === undefined ? shell.jobs.bySpec('%+') : shell.jobs.bySpec(args[1].startsWith('%') ? args[1] : `%${args[1]}`);
  if (!job) return yield* fail(shell, args[0]!, `${args[1] ?? 'current'}: no such job`);
  if (args[0] === 'bg') {
    yield* shell.complain(`bg: job ${job.id} already in background`);
    return 0;
  }
  yield* shell.io.stdout.write(`${job.command}\n`);
  try {
    return yield* waitFor(shell, job);
  } finally {
    // Ctrl-C while it is in the foreground.
    if (job.status === undefined) processesOf(shell.system).get(job.pid)?.signal('INT');
    shell.jobs.forget(job);
  }
};

const kill: Builtin = function* (shell, args) {
  if (args[1] === '-l' || args[1] === '-L') return yield* listSignals(shell, args.slice(2));
  let name = 'TERM';
  let rest = args.slice(1);
  if (rest[0] === '-s' || rest[0] === '-n') {
    name = rest[1] ?? '';
    rest = rest.slice(2);
  } else if (rest[0]?.startsWith('-') && rest[0] !== '--') {
    name = rest[0].slice(1);
    rest = rest.slice(1);
  }
  if (rest[0] === '--') rest = rest.slice(1);
  const signal = signalName(name);
  if (signal === undefined) return yield* fail(shell, 'kill', `${name}: invalid signal specification`);
  if (rest.length === 0)
    return yield* fail(shell, 'kill', 'usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]', 2);
  let status = 0;
  for (const target of rest) {
    const job = target.startsWith('%') ? shell.jobs.bySpec(target) : undefined;
    if (target.startsWith('%') && !job) status = yield* fail(shell, 'kill', `${target}: no such job`);
    else if (!job && !/^-?\d+$/.test(target)) status = yield* fail(shell, 'kill', `${target}: arguments must be process or job IDs`);
    else {
      const pid = job?.pid ?? Number(target);
      const entry = processesOf(shell.system).get(Math.abs(pid));
      if (entry) {
        if (signal !== 'EXIT') entry.signal(signal);
      } else if (pid === shell.pid) {
        if (signal !== 'EXIT') shell.receive(signal);
      } else
        status = yield* fail(
          shell,
          'kill',
          shell.flavour === 'dash'
            ? 'No such process'
            : shell.flavour === 'ash'
              ? `can't kill pid ${target}: No such process`
              : `(${target}) - No such process`,
        );
    }
  }
  return status;
};

function* listSignals(shell: Shell, args: readonly string[]): Task<number> {
  const names = Object.keys(SIGNALS);
  if (args.length === 0) {
    const cells = names.map((name) => `${String(SIGNALS[name]).padStart(2)}) SIG${name}`);
    const rows = cells.map((cell, i) => cell + ((i + 1) % 5 === 0 || i === cells.length - 1 ? '\n' : '\t'));
    yield* shell.io.stdout.write(shell.flavour === 'bash' ? rows.join('') : `${names.join('\n')}\n`);
    return 0;
  }
  for (const arg of args) {
    const number = Number(arg) > 128 ? Number(arg) - 128 : Number(arg);
    const name = Number.isNaN(number) ? signalName(arg) : names.find((each) => SIGNALS[each] === number);
    if (name === undefined) return yield* fail(shell, 'kill', `${arg}: invalid signal specification`);
    yield* shell.io.stdout.write(`${Number.isNaN(number) ? SIGNALS[name] : name}\n`);
  }
  return 0;
}

const disown: Builtin = (shell, args) => {
  const { flags, operands } = letters(args);
  if (flags.includes('a')) for (const job of [...shell.jobs.all]) shell.jobs.forget(job);
  for (const spec of operands.length > 0 ? operands : ['%+']) {
    const job = spec.startsWith('%') ? shell.jobs.bySpec(spec) : shell.jobs.byPid(Number(spec));
    if (job) shell.jobs.forget(job);
  }
  return 0;
};

const trap: Builtin = function* (shell, args) {
  const { operands } = letters(args.map((arg) => (arg === '-' ? './-' : arg)));
  if (args[1] === '-l') return yield* listSignals(shell, []);
  if (operands.length === 0 || args[1] === '-p') {
    const lines = [...shell.traps]
      .sort()
      .map(
        ([name, text]) =>
          `trap -- '${text.replace(/'/g, "'\\''")}' ${name === 'EXIT' || name === 'ERR' || name === 'DEBUG' || name === 'RETURN' ? name : shell.flavour === 'bash' ? `SIG${name}` : name}\n`,
      );
    yield* shell.io.stdout.write(lines.join(''));
    return 0;
  }
  const resets = operands[0] === './-' || operands.length === 1;
  let status = 0;
  for (const operand of operands.length === 1 ? operands : operands.slice(1)) {
    const name = ['ERR', 'DEBUG', 'RETURN'].includes(operand) ? operand : signalName(operand);
    if (name === undefined) status = yield* fail(shell, 'trap', `${operand}: invalid signal specification`);
    else if (resets) shell.setTrap(name, undefined);
    else shell.setTrap(name, operands[0]!);
  }
  return status;
};

export const JOB_CONTROL: Readonly<Record<string, Builtin>> = { jobs, wait, fg, bg: fg, kill, disown, trap };
