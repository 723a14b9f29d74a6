import { formatDate } from '../calendar.ts';
import { runArguments } from '../exec.ts';
import { CallbackWriter, emptyReader, nullWriter } from '../streams.ts';
import type { Program } from '../program.ts';

/** Manual pages, made of what each command says to `--help`. `kubectl-get` is the page of `kubectl get`. */
export const man: Program = function* (context) {
  const { args, stdout, stderr, system, kernel } = context;
  const [name] = args.filter((arg) => !arg.startsWith('-') && !/^\d$/.test(arg));
  if (name === undefined) {
    yield* stderr.write("What manual page do you want?\nFor example, try 'man man'.\n");
    return 1;
  }
  const command = system.programs.has(name) ? [name] : name.split('-');
  let help = '';
  const running = system.programs.has(command[0]!)
    ? runArguments(context, [...command, '--help'], {
        stdin: emptyReader(),
        stdout: new CallbackWriter((text) => (help += text)),
        stderr: nullWriter(),
      })
    : undefined;
  if (!running || (yield* running) > 1 || help === '') {
    yield* stderr.write(`No manual entry for ${name}\n`);
    return 16;
  }
  const lines = help.split('\n');
  const summary =
    lines
      .find((line) => line.trim() !== '' && !/^(Usage:|BusyBox|\s+or:)/.test(line))
      ?.trim()
      .replace(/\.$/, '') ?? '';
  const title = `${name.toUpperCase()}(1)`;
  const centre = 'User Commands';
  const gap = ' '.repeat(Math.max(1, Math.floor((78 - 2 * title.length - centre.length) / 2)));
  const body = lines
    .map((line) => (line === '' ? '' : `       ${line}`))
    .join('\n')
    .trimEnd();
  yield* stdout.write(
    `${title}${gap}${centre}${gap}${title}\n\nNAME\n       ${command.join(' ')} - ${summary}\n\nDESCRIPTION\n${body}\n\n${formatDate('%B %Y', kernel.epochMs())}\n`,
  );
  return 0;
};
