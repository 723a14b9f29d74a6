import { resolveHost } from '../resolve.ts';
import type { Program } from '../program.ts';

/** Looks names up in the system's databases. */
export const getent: Program = function* ({ system, args, stdout, stderr }) {
  const [database, ...keys] = args;
  if (database === undefined) {
    yield* stderr.write("getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n");
    return 1;
  }
  if (database === 'hosts' || database === 'ahosts' || database === 'ahostsv4') {
    let status = 0;
    for (const key of keys) {
      const ip = yield* resolveHost(system, key);
      if (ip === undefined) status = 2;
      else if (database === 'hosts') yield* stdout.write(`${ip.padEnd(15)} ${key}\n`);
      else yield* stdout.write(`${ip.padEnd(15)} STREAM ${key}\n${ip.padEnd(15)} DGRAM  \n${ip.padEnd(15)} RAW    \n`);
    }
    if (keys.length === 0 && system.files.stat('/etc/hosts')) yield* stdout.write(system.files.read('/etc/hosts'));
    return status;
  }
  if (!['passwd', 'group', 'services', 'protocols', 'networks', 'shadow'].includes(database)) {
    yield* stderr.write(`Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`);
    return 1;
  }
  const text = system.files.stat(`/etc/${database}`) ? system.files.read(`/etc/${database}`) : '';
  const lines = text.split('\n').filter((line) => line !== '');
  if (keys.length === 0) {
    yield* stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  let status = 0;
  for (const key of keys) {
    const found = lines.find((line) => line.split(':')[0] === key || line.split(':')[2] === key);
    if (found === undefined) status = 2;
    else yield* stdout.write(`${found}\n`);
  }
  return status;
};
