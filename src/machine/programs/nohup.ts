import { runArguments } from '../exec.ts';
import { resolvePath } from '../files.ts';
import { FileWriter } from '../streams.ts';
import type { Program } from '../program.ts';

/** Runs a command whose output goes to nohup.out if it would go to the terminal. */
export const nohup: Program = function* (context) {
  const { args, stdout, stderr, system, cwd } = context;
  if (args.length === 0) {
    yield* stderr.write("nohup: missing operand\nTry 'nohup --help' for more information.\n");
    return 125;
  }
  let writer = stdout;
  if (stdout.isTerminal) {
    yield* stderr.write("nohup: ignoring input and appending output to 'nohup.out'\n");
    const path = resolvePath(cwd, 'nohup.out');
    if (!system.files.stat(path)) system.files.write(path, '', 0o600);
    writer = new FileWriter(system.files, path);
  }
  const running = runArguments(context, args, { stdout: writer, ...(stderr.isTerminal ? { stderr: writer } : {}) });
  if (running) return yield* running;
  yield* stderr.write(`nohup: failed to run command '${args[0]}': No such file or directory\n`);
  return 127;
};
