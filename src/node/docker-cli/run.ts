import { Options, UsageProblem, type OptionSpec } from './options.ts';
import { findRecord, recordsOf } from './records.ts';
import { pullShown, referenceOf } from './images.ts';
import { CLOSED, Condition } from '../../sim/sync.ts';
import { ttyOf } from '../../machine/tty.ts';
import { emptyReader } from '../../machine/streams.ts';
import { END_OF_INPUT, INTERRUPT } from '../../net/upgrade.ts';
import { ExecError, RuntimeError } from '../runtime/runtime.ts';
import type { ProgramContext } from '../../machine/program.ts';
import type { Task } from '../../sim/wait.ts';
import type { DockerContainer } from '../runtime/container.ts';
import type { DockerEngine } from '../runtime/docker.ts';
import type { SessionInput } from '../runtime/session-input.ts';
import type { DockerCommand } from './containers.ts';

const RUN_OPTIONS: readonly OptionSpec[] = [
  { name: 'detach', short: 'd' },
  { name: 'interactive', short: 'i' },
  { name: 'tty', short: 't' },
  { name: 'rm' },
  { name: 'name', takes: 'value' },
  { name: 'env', short: 'e', takes: 'value' },
  { name: 'workdir', short: 'w', takes: 'value' },
  { name: 'entrypoint', takes: 'value' },
];

const RUN_USAGE = 'run [OPTIONS] IMAGE [COMMAND] [ARG...]';
/** docker's own failure, as opposed to the container's. */
const DAEMON_FAILED = 125;

/** `docker run`. */
export const run: DockerCommand = function* (context, engine, args) {
  const options = new Options(RUN_USAGE, args, RUN_OPTIONS, true);
  const [reference, ...command] = options.operands;
  if (reference === undefined)
    throw new UsageProblem(
      `docker: 'docker run' requires at least 1 argument\n\nUsage:  docker ${RUN_USAGE}\n\nSee 'docker run --help' for more information`,
    );
  let container: DockerContainer;
  try {
    container = yield* create(context, engine, options, reference, command);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    yield* context.stderr.write(`docker: ${error.message}\n\nRun 'docker run --help' for more information\n`);
    return DAEMON_FAILED;
  }
  const detached = options.has('detach');
  try {
    const attached = detached ? undefined : attach(context, engine, container, options.has('interactive'));
    yield* engine.startContainer(container);
    if (!attached) {
      yield* context.stdout.write(`${container.id}\n`);
      return 0;
    }
    yield* attached(engine);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    yield* context.stderr.write(`docker: ${error.message}\n\nRun 'docker run --help' for more information\n`);
    return container.exitCode || DAEMON_FAILED;
  }
  if (options.has('rm')) yield* engine.removeContainer(container);
  return container.exitCode;
};

function* create(
  { stderr, kernel }: ProgramContext,
  engine: DockerEngine,
  options: Options,
  reference: string,
  command: readonly string[],
): Task<DockerContainer> {
  const { familiarName, tag, digest } = referenceOf(reference);
  const name = options.value('name') ?? freeName(engine, kernel.now);
  const taken = recordsOf(engine).find((record) => record.name === name);
  if (taken) {
    throw new RuntimeError(
      `Error response from daemon: Conflict. The container name "/${name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }
  if (!engine.findImage(reference)) {
    yield* stderr.write(`Unable to find image '${digest ? `${familiarName}@${digest}` : `${familiarName}:${tag}`}' locally\n`);
    yield* pullShown(engine, tag === undefined ? reference : `${familiarName}:${tag}`, stderr, false);
  }
  const entrypoint = options.value('entrypoint');
  return yield* engine.createStandalone({
    name,
    attempt: 0,
    image: engine.findImage(reference)!,
    command: entrypoint === undefined ? undefined : [entrypoint],
    args: command.length > 0 ? command : undefined,
    workingDir: options.value('workdir'),
    env: [
      options.values('env').map((text) => [text.split('=', 1)[0]!, text.includes('=') ? text.slice(text.indexOf('=') + 1) : ''] as const),
    ],
    stdin: options.has('interactive'),
    tty: options.has('tty'),
  });
}

const MOODS = [
  'admiring',
  'boring',
  'clever',
  'eager',
  'focused',
  'gifted',
  'hopeful',
  'jolly',
  'keen',
  'modest',
  'nifty',
  'quirky',
  'serene',
  'trusting',
  'vibrant',
  'zen',
];
const PEOPLE = [
  'bohr',
  'curie',
  'darwin',
  'euler',
  'fermi',
  'gauss',
  'hopper',
  'johnson',
  'kepler',
  'lovelace',
  'meitner',
  'noether',
  'pascal',
  'ritchie',
  'turing',
  'wozniak',
];

/** As dockerd names what nobody named: `boring_wozniak` is never chosen. */
function freeName(engine: DockerEngine, nowMs: number): string {
  const taken = new Set(recordsOf(engine).map(({ name }) => name));
  for (let n = Math.floor(nowMs); ; n++) {
    const name = `${MOODS[n % MOODS.length]}_${PEOPLE[Math.floor(n / MOODS.length) % PEOPLE.length]}`;
    if (name !== 'boring_wozniak' && !taken.has(name)) return name;
  }
}

/** Joins the user's streams to those of a container that is about to start; the task returns at its end. */
function attach(
  context: ProgramContext,
  engine: DockerEngine,
  container: DockerContainer,
  interactive: boolean,
): (engine: DockerEngine) => Task<void> {
  const { group, stdin, stdout } = context;
  const written: string[] = [];
  const more = new Condition();
  return function* () {
    const console = engine.consoleOf(container);
    const log = engine.openLog(container);
    // What came before somebody could watch is in the log.
    written.push(log.read(), console?.prompt ?? '');
    const stop = console?.watch((text) => {
      written.push(text);
      more.notify();
    });
    const session = group.child('docker attach');
    const tty = interactive ? ttyOf(stdin) : undefined;
    const forget = tty?.onInterrupt(() => console?.type(INTERRUPT));
    const ended = session.spawn('ended', engine.ended(container)).completion();
    let over = false;
    session.spawn(
      'end',
      (function* (): Task<void> {
        yield* ended.wait();
        over = true;
        more.notify();
      })(),
    );
    if (interactive && console?.input)
      session.spawn(
        'input',
        sendInput(context, console.input, (text) => console.type(text)),
      );
    try {
      for (;;) {
        for (const text of written.splice(0)) yield* stdout.write(text);
        if (over && written.length === 0) return;
        if (written.length === 0) yield* more.wait();
      }
    } finally {
      forget?.();
      stop?.();
      session.dispose();
    }
  };
}

function* sendInput({ stdin }: ProgramContext, input: SessionInput, type: (text: string) => void): Task<void> {
  const asked = new Condition();
  input.onWaiting(() => asked.notify());
  for (;;) {
    while (!input.waiting) yield* asked.wait();
    const chunk = yield* stdin.read();
    if (chunk !== CLOSED) type(chunk);
    else if (input.tty) type(END_OF_INPUT);
    else {
      input.end();
      return;
    }
  }
}

/** `docker exec`: the program runs on the user's own streams. */
export const exec: DockerCommand = function* ({ stdin, stdout, stderr }, engine, args) {
  const usage = 'exec [OPTIONS] CONTAINER COMMAND [ARG...]';
  const options = new Options(
    usage,
    args,
    [
      { name: 'interactive', short: 'i' },
      { name: 'tty', short: 't' },
      { name: 'env', short: 'e', takes: 'value' },
    ],
    true,
  );
  const [name, ...command] = options.operands;
  if (name === undefined || command.length === 0)
    throw new UsageProblem(
      `docker: 'docker exec' requires at least 2 arguments\n\nUsage:  docker ${usage}\n\nSee 'docker exec --help' for more information`,
    );
  if (options.has('tty') && !stdin.isTerminal) {
    yield* stderr.write('the input device is not a TTY\n');
    return 1;
  }
  const { container, id } = findRecord(engine, name);
  if (container?.state === 'exited' || container?.state === 'created')
    throw new RuntimeError(`Error response from daemon: container ${id} is not running`);
  const env = options.values('env');
  const words = env.length > 0 ? ['env', ...env, ...command] : command;
  try {
    if (!container)
      throw new ExecError(
        `OCI runtime exec failed: exec failed: unable to start container process: exec: "${command[0]}": executable file not found in $PATH: unknown`,
        127,
      );
    return yield* engine.exec(container, words, { stdin: options.has('interactive') ? stdin : emptyReader(), stdout, stderr });
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    yield* stdout.write(`${error.message}\n`);
    return error.exitCode;
  }
};
