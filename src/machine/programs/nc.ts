import { NetError } from '../../net/fabric.ts';
import { resolveHost } from '../resolve.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import { parseDuration } from './sleep.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'nc [-vz] [-w timeout] destination port',
  about: 'Open a TCP connection. Here it tells whether a port answers; it carries no data.',
  options: [
    ['-n', 'suppress name/port resolutions'],
    ['-v', 'verbose'],
    ['-w TIMEOUT', 'timeout for connects'],
    ['-z', 'zero-I/O mode (used for scanning)'],
  ],
};

/** Tries a port. */
export const nc: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [host, port] = options.operands;
  const { system, stderr } = context;
  if (host === undefined || port === undefined || !/^\d+$/.test(port)) {
    yield* stderr.write(`usage: ${SPEC.usage}\n`);
    return 1;
  }
  const ip = yield* resolveHost(system, host);
  if (ip === undefined) {
    yield* stderr.write(`nc: getaddrinfo for host "${host}" port ${port}: Name or service not known\n`);
    return 1;
  }
  try {
    yield* system.fabric.connect(system.network, ip, Number(port), parseDuration(options.value('w') ?? '127') ?? 127_000);
    if (options.has('v')) yield* stderr.write(`Connection to ${host} (${ip}) ${port} port [tcp/*] succeeded!\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const reason =
      error.code === 'ECONNREFUSED' ? 'Connection refused' : error.code === 'EHOSTUNREACH' ? 'No route to host' : 'Connection timed out';
    if (options.has('v')) yield* stderr.write(`nc: connect to ${host} (${ip}) port ${port} (tcp) failed: ${reason}\n`);
    return 1;
  }
};
