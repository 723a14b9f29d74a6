import type { Task } from '../../sim/wait.ts';
import { md5, sha1, sha256 } from '../digests.ts';
import { readOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

function checksum(name: string, bits: number, digest: (bytes: Uint8Array) => string): Program {
  const title = name.replace('sum', '').toUpperCase();
  const spec: CommandSpec = {
    usage: `${name} [OPTION]... [FILE]...`,
    about: `Print or check ${title} (${bits}-bit) checksums.\n\nWith no FILE, or when FILE is -, read standard input.`,
    options: [
      ['-b, --binary', 'read in binary mode'],
      ['-c, --check', 'read checksums from the FILEs and check them'],
      ['-t, --text', 'read in text mode (default)'],
      ['--quiet', "don't print OK for each successfully verified file"],
      ['--status', "don't output anything, status code shows success"],
    ],
  };
  return function* (context) {
    const options = yield* parseOptions(context, spec);
    if (typeof options === 'number') return options;
    let status = 0;
    for (const file of options.operands.length > 0 ? options.operands : ['-']) {
      const text = yield* readOperand(context, file);
      if (text === undefined) status = 1;
      else if (options.has('c')) status = (yield* check(context, text, digest, options.has('quiet') || options.has('status'))) || status;
      else yield* context.stdout.write(`${digest(new TextEncoder().encode(text))}  ${file}\n`);
    }
    return status;
  };
}

function* check(context: ProgramContext, list: string, digest: (bytes: Uint8Array) => string, quiet: boolean): Task<number> {
  let failed = 0;
  for (const line of list.split('\n')) {
    const match = /^([0-9a-f]+) [ *](.+)$/.exec(line);
    if (!match) continue;
    const text = yield* readOperand(context, match[2]!);
    const good = text !== undefined && digest(new TextEncoder().encode(text)) === match[1];
    if (!good) failed++;
    if (!quiet || !good)
      yield* context.stdout.write(`${match[2]}: ${good ? 'OK' : text === undefined ? 'FAILED open or read' : 'FAILED'}\n`);
  }
  if (failed > 0)
    yield* context.stderr.write(`${context.name}: WARNING: ${failed} computed checksum${failed === 1 ? ' did' : 's did'} NOT match\n`);
  return failed > 0 ? 1 : 0;
}

export const md5sum = checksum('md5sum', 128, md5);
export const sha1sum = checksum('sha1sum', 160, sha1);
export const sha256sum = checksum('sha256sum', 256, sha256);
