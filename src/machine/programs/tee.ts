import { CLOSED } from '../../sim/sync.ts';
import { FileError, resolvePath } from '../files.ts';
import { openForWriting } from '../streams.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program, Writer } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'tee [OPTION]... [FILE]...',
  about: 'Copy standard input to each FILE, and also to standard output.',
  options: [
    ['-a, --append', 'append to the given FILEs, do not overwrite'],
    ['-i, --ignore-interrupts', 'ignore interrupt signals'],
  ],
};

/** Copies its input to its output and to files. */
export const tee: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const writers: Writer[] = [context.stdout];
  let status = 0;
  for (const name of options.operands) {
    try {
      writers.push(openForWriting(context.system.files, resolvePath(context.cwd, name), options.has('a')));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      yield* context.stderr.write(`tee: ${name}: ${error.message}\n`);
      status = 1;
    }
  }
  for (let chunk = yield* context.stdin.read(); chunk !== CLOSED; chunk = yield* context.stdin.read()) {
    for (const writer of writers) yield* writer.write(chunk);
  }
  return status;
};
