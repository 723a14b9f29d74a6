import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'hostname [-b] [-a|-A|-d|-f|-i|-I|-s|-y]',
  about: "Show the system's host name.",
  options: [
    ['-s, --short', 'short host name'],
    ['-f, --fqdn, --long', 'long host name (FQDN)'],
    ['-d, --domain', 'DNS domain name'],
    ['-i, --ip-address', 'addresses for the host name'],
    ['-I, --all-ip-addresses', 'all addresses for the host'],
  ],
};

/** Prints the host's name or addresses. */
export const hostname: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const name = context.system.hostname;
  if (options.operands.length > 0) {
    yield* context.stderr.write('hostname: you must be root to change the host name\n');
    return 1;
  }
  const { ip } = context.system.network;
  const text = options.has('I')
    ? `${ip} `
    : options.has('i')
      ? ip
      : options.has('s')
        ? name.split('.')[0]!
        : options.has('d')
          ? name.split('.').slice(1).join('.')
          : name;
  yield* context.stdout.write(`${text}\n`);
  return 0;
};
