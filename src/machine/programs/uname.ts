import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'uname [OPTION]...',
  about: 'Print certain system information.  With no OPTION, same as -s.',
  options: [
    ['-a, --all', 'print all information'],
    ['-s, --kernel-name', 'print the kernel name'],
    ['-n, --nodename', 'print the network node hostname'],
    ['-r, --kernel-release', 'print the kernel release'],
    ['-v, --kernel-version', 'print the kernel version'],
    ['-m, --machine', 'print the machine hardware name'],
    ['-p, --processor', 'print the processor type (non-portable)'],
    ['-i, --hardware-platform', 'print the hardware platform (non-portable)'],
    ['-o, --operating-system', 'print the operating system'],
  ],
};

const KERNEL_RELEASE = '6.12.48';

/** What the system calls itself. */
export const uname: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length > 0) return yield* wrongUsage(context, SPEC, `extra operand '${options.operands[0]}'`);
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', context.system.hostname],
    ['r', KERNEL_RELEASE],
    ['v', '#1 SMP PREEMPT_DYNAMIC'],
    ['m', 'x86_64'],
    ['p', 'unknown'],
    ['i', 'unknown'],
    ['o', 'GNU/Linux'],
  ];
  const all = options.has('a');
  const chosen = parts.filter(([key]) => (all ? key !== 'p' && key !== 'i' : options.has(key)));
  yield* context.stdout.write(`${(chosen.length > 0 ? chosen : parts.slice(0, 1)).map(([, text]) => text).join(' ')}\n`);
  return 0;
};
