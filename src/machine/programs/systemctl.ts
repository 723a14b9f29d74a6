import type { Task } from '../../sim/wait.ts';
import { formatDate } from '../calendar.ts';
import { patternToRegExp } from '../shell/pattern.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import { journalText } from './journalctl.ts';
import { UnitError, type UnitStatus } from '../units.ts';
import type { Program, ProgramContext, Units } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'systemctl [OPTIONS...] COMMAND ...',
  about: `Query or send control commands to the system manager.

Unit Commands:
  list-units [PATTERN...]             List units currently in memory
  is-active PATTERN...                Check whether units are active
  is-failed PATTERN...                Check whether units are failed
  status [PATTERN...]                 Show runtime status of one or more units
  start UNIT...                       Start (activate) one or more units
  stop UNIT...                        Stop (deactivate) one or more units
  restart UNIT...                     Start or restart one or more units

Unit File Commands:
  list-unit-files [PATTERN...]        List installed unit files
  enable [UNIT...]                    Enable one or more unit files
  disable UNIT...                     Disable one or more unit files
  is-enabled UNIT...                  Check whether unit files are enabled

Manager State Commands:
  daemon-reload                       Reload systemd manager configuration`,
  options: [
    ['-a, --all', 'show all properties/all units currently in memory'],
    ['-l, --full', "don't ellipsize unit names on output"],
    ['-n, --lines=INTEGER', 'number of journal entries to show'],
    ['--now', 'start or stop unit after enabling or disabling it'],
    ['--no-legend', 'do not print a legend (column headers and hints)'],
    ['--no-pager', 'do not pipe output into a pager'],
    ['-q, --quiet', 'suppress output'],
    ['-t, --type=TYPE', 'list units of a particular type'],
  ],
};

interface Call {
  readonly context: ProgramContext;
  readonly units: Units;
  readonly quiet: boolean;
  readonly now: boolean;
  readonly legend: boolean;
  readonly lines: number;
}

/** systemd's control command. */
export const systemctl: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { units } = context.system;
  if (!units) {
    yield* context.stderr.write(
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
    );
    return 1;
  }
  const [command = 'list-units', ...names] = options.operands;
  const call: Call = {
    context,
    units,
    quiet: options.has('q'),
    now: options.has('now'),
    legend: !options.has('no-legend'),
    lines: Number(options.value('n') ?? 10),
  };
  const verb = VERBS[command];
  if (!verb) {
    yield* context.stderr.write(`Unknown command verb ${command}.\n`);
    return 1;
  }
  if (verb.needsNames && names.length === 0) {
    yield* context.stderr.write('Too few arguments.\n');
    return 1;
  }
  return yield* verb.run(call, names);
};

interface Verb {
  readonly needsNames: boolean;
  run(call: Call, names: readonly string[]): Task<number>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  start: { needsNames: true, run: (call, names) => each(call, names, 'start', (units, name) => units.start(name)) },
  stop: { needsNames: true, run: (call, names) => each(call, names, 'stop', (units, name) => units.stop(name)) },
  restart: { needsNames: true, run: (call, names) => each(call, names, 'restart', (units, name) => units.restart(name)) },
  'reload-or-restart': { needsNames: true, run: (call, names) => each(call, names, 'restart', (units, name) => units.restart(name)) },
  'try-restart': {
    needsNames: true,
    run: (call, names) =>
      each(
        call,
        names.filter((name) => call.units.state(name) === 'active'),
        'restart',
        (units, name) => units.restart(name),
      ),
  },
  reload: { needsNames: true, run: (call, names) => each(call, names, 'reload', (units, name) => units.restart(name)) },
  status: { needsNames: false, run: status },
  'is-active': {
    needsNames: true,
    run: (call, names) => query(call, names, (name) => call.units.state(name) ?? 'inactive', ['active'], 3),
  },
  'is-failed': {
    needsNames: true,
    run: (call, names) => query(call, names, (name) => call.units.state(name) ?? 'inactive', ['failed'], 1),
  },
  'is-enabled': { needsNames: true, run: isEnabled },
  enable: { needsNames: true, run: (call, names) => enable(call, names, true) },
  disable: { needsNames: true, run: (call, names) => enable(call, names, false) },
  'daemon-reload': {
    needsNames: false,
    *run() {
      return 0;
    },
  },
  'reset-failed': {
    needsNames: false,
    *run() {
      return 0;
    },
  },
  'list-units': { needsNames: false, run: listUnits },
  'list-unit-files': { needsNames: false, run: listUnitFiles },
  cat: { needsNames: true, run: showUnitFile },
  show: { needsNames: true, run: show },
};

const plain = (name: string) => name.replace(/\.service$/, '');

/** Runs an action for every unit; those that do not exist are named and make the exit code 5. */
function* each(call: Call, names: readonly string[], verb: string, action: (units: Units, name: string) => Task<void>): Task<number> {
  const { context, units } = call;
  let code = 0;
  for (const name of names) {
    if (units.state(name) === undefined) {
      yield* context.stderr.write(`Failed to ${verb} ${plain(name)}.service: Unit ${plain(name)}.service not found.\n`);
      code = 5;
      continue;
    }
    try {
      yield* action(units, name);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      yield* context.stderr.write(`${error.message}\n`);
      code = 1;
    }
  }
  return code;
}

function* query(call: Call, names: readonly string[], ask: (name: string) => string, good: readonly string[], bad: number): Task<number> {
  let any = false;
  for (const name of names) {
    const answer = ask(name);
    any ||= good.includes(answer);
    if (!call.quiet) yield* call.context.stdout.write(`${answer}\n`);
  }
  return any ? 0 : bad;
}

function* isEnabled(call: Call, names: readonly string[]): Task<number> {
  let code = 0;
  for (const name of names) {
    if (call.units.state(name) === undefined) {
      yield* call.context.stderr.write(`Failed to get unit file state for ${plain(name)}.service: No such file or directory\n`);
      code = 1;
      continue;
    }
    const enabled = call.units.isEnabled(name);
    if (!enabled) code = 1;
    if (!call.quiet) yield* call.context.stdout.write(enabled ? 'enabled\n' : 'disabled\n');
  }
  return code;
}

const WANTS = '/etc/systemd/system/multi-user.target.wants';

function* enable(call: Call, names: readonly string[], on: boolean): Task<number> {
  const { context, units } = call;
  for (const name of names) {
    const unit = `${plain(name)}.service`;
    if (units.state(name) === undefined) {
      yield* context.stderr.write(`Failed to ${on ? 'enable' : 'disable'} unit: Unit file ${unit} does not exist.\n`);
      return 1;
    }
    if (units.isEnabled(name) !== on) {
      yield* context.stderr.write(
        on ? `Created symlink ${WANTS}/${unit} → /usr/lib/systemd/system/${unit}.\n` : `Removed "${WANTS}/${unit}".\n`,
      );
    }
    if (on) units.enable(name);
    else units.disable(name);
  }
  if (!call.now) return 0;
  return yield* each(call, names, on ? 'start' : 'stop', (all, name) => (on ? all.start(name) : all.stop(name)));
}

function* status(call: Call, names: readonly string[]): Task<number> {
  const { context, units } = call;
  let code = 0;
  const all = names.length > 0 ? names : units.names();
  for (const [i, name] of all.entries()) {
    const found = units.status(name);
    if (!found) {
      yield* context.stderr.write(`Unit ${plain(name)}.service could not be found.\n`);
      code = 4;
      continue;
    }
    if (found.state !== 'active' && code === 0) code = 3;
    yield* context.stdout.write(`${i > 0 ? '\n' : ''}${statusText(call, found)}`);
  }
  return code;
}

function statusText(call: Call, unit: UnitStatus): string {
  const { context, units } = call;
  const { kernel, system } = context;
  const running = unit.state === 'active';
  const state = running
    ? 'active (running)'
    : unit.state === 'failed'
      ? 'failed (Result: exit-code)'
      : unit.state === 'activating'
        ? 'activating (auto-restart)'
        : 'inactive (dead)';
  const since =
    unit.sinceEpochMs > kernel.startEpochMs || running
      ? ` since ${formatDate('%a %Y-%m-%d %H:%M:%S UTC', unit.sinceEpochMs)}; ${age(kernel.epochMs() - unit.sinceEpochMs)} ago`
      : '';
  const lines = [
    `${unit.state === 'failed' ? '×' : running ? '●' : '○'} ${unit.name}.service - ${unit.description}`,
    `     Loaded: loaded (/usr/lib/systemd/system/${unit.name}.service; ${unit.enabled ? 'enabled' : 'disabled'}; preset: disabled)`,
    `     Active: ${state}${since}`,
  ];
  if (running) {
    lines.push(`   Main PID: ${unit.mainPid} (${unit.execStart.split(' ')[0]!.replace(/^.*\//, '').slice(0, 15)})`);
    lines.push(`     CGroup: /system.slice/${unit.name}.service`, `             └─${unit.mainPid} ${unit.execStart}`);
  }
  const journal = units.journal(unit.name).slice(-call.lines);
  const text = journal.length > 0 ? `\n${journal.map((line) => journalText(line, system.hostname, unit.mainPid)).join('')}` : '';
  return `${lines.join('\n')}\n${text}`;
}

/** `3s`, `5min 2s`, `2h 5min`, `3 days`. */
function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}min ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}min`;
  const days = Math.floor(hours / 24);
  return `${days} day${days === 1 ? '' : 's'}`;
}

function chosen(call: Call, patterns: readonly string[]): UnitStatus[] {
  const all = [...call.units.names()].sort().map((name) => call.units.status(name)!);
  return patterns.length === 0 ? all : all.filter((unit) => patterns.some((pattern) => patternToRegExp(plain(pattern)).test(unit.name)));
}

function* listUnits(call: Call, patterns: readonly string[]): Task<number> {
  const rows = chosen(call, patterns).filter((unit) => unit.state !== 'inactive');
  const width = rows.reduce((most, unit) => Math.max(most, unit.name.length + 8), 4);
  const lines = rows.map(
    (unit) =>
      `${unit.state === 'failed' ? '●' : ' '} ${`${unit.name}.service`.padEnd(width)} loaded ${unit.state === 'failed' ? 'failed failed ' : 'active running'} ${unit.description}\n`,
  );
  const head = call.legend ? `  ${'UNIT'.padEnd(width)} LOAD   ACTIVE SUB     DESCRIPTION\n` : '';
  const foot = call.legend
    ? `\n${rows.length} loaded units listed. Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n`
    : '';
  yield* call.context.stdout.write(head + lines.join('') + foot);
  return 0;
}

function* listUnitFiles(call: Call, patterns: readonly string[]): Task<number> {
  const rows = chosen(call, patterns);
  const width = rows.reduce((most, unit) => Math.max(most, unit.name.length + 8), 9);
  const lines = rows.map(
    (unit) => `${`${unit.name}.service`.padEnd(width)} ${(unit.enabled ? 'enabled' : 'disabled').padEnd(8)} disabled\n`,
  );
  const head = call.legend ? `${'UNIT FILE'.padEnd(width)} STATE    PRESET\n` : '';
  yield* call.context.stdout.write(head + lines.join('') + (call.legend ? `\n${rows.length} unit files listed.\n` : ''));
  return 0;
}

function* showUnitFile(call: Call, names: readonly string[]): Task<number> {
  for (const name of names) {
    const unit = call.units.status(name);
    if (!unit) {
      yield* call.context.stderr.write(`No files found for ${plain(name)}.service.\n`);
      return 1;
    }
    yield* call.context.stdout.write(
      `# /usr/lib/systemd/system/${unit.name}.service\n[Unit]\nDescription=${unit.description}\n\n[Service]\nExecStart=${unit.execStart}\n\n[Install]\nWantedBy=multi-user.target\n`,
    );
  }
  return 0;
}

function* show(call: Call, names: readonly string[]): Task<number> {
  for (const name of names) {
    const unit = call.units.status(name);
    if (!unit) continue;
    const sub = unit.state === 'active' ? 'running' : unit.state === 'failed' ? 'failed' : 'dead';
    yield* call.context.stdout.write(
      `Id=${unit.name}.service\nDescription=${unit.description}\nLoadState=loaded\nActiveState=${unit.state}\nSubState=${sub}\nUnitFileState=${unit.enabled ? 'enabled' : 'disabled'}\nMainPID=${unit.mainPid}\n`,
    );
  }
  return 0;
}
