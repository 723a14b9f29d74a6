import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'id [OPTION]... [USER]...',
  about: 'Print user and group information for each specified USER,\nor (when USER omitted) for the current process.',
  options: [
    ['-g, --group', 'print only the effective group ID'],
    ['-G, --groups', 'print all group IDs'],
    ['-n, --name', 'print a name instead of a number, for -ugG'],
    ['-r, --real', 'print the real ID instead of the effective ID, with -ugG'],
    ['-u, --user', 'print only the effective user ID'],
  ],
};

/** Who one is: root, on machines and unless told otherwise in containers. */
export const id: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const user = context.env.get('USER') ?? 'root';
  const name = options.operands[0] ?? user;
  const entry = lookUp(context.system.files.stat('/etc/passwd') ? context.system.files.read('/etc/passwd') : '', name);
  if (!entry) {
    yield* context.stderr.write(`id: '${name}': no such user\n`);
    return 1;
  }
  const kinds = ['u', 'g', 'G'].filter((key) => options.has(key));
  if (kinds.length > 1) return yield* wrongUsage(context, SPEC, 'cannot print "only" of more than one choice');
  const named = options.has('n');
  if (kinds[0] === 'u') yield* context.stdout.write(`${named ? name : entry.uid}\n`);
  else if (kinds.length > 0) yield* context.stdout.write(`${named ? name : entry.gid}\n`);
  else yield* context.stdout.write(`uid=${entry.uid}(${name}) gid=${entry.gid}(${name}) groups=${entry.gid}(${name})\n`);
  return 0;
};

function lookUp(passwd: string, name: string): { uid: string; gid: string } | undefined {
  if (name === 'root') return { uid: '0', gid: '0' };
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((parts) => parts[0] === name);
  return fields && { uid: fields[2] ?? '0', gid: fields[3] ?? '0' };
}
