import { askServer, resolverSettings, type DnsAnswer } from '../resolve.ts';
import { reverseName } from './nslookup.ts';
import type { Program } from '../program.ts';

const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
};

/** Asks one name server one question. */
export const dig: Program = function* ({ system, kernel, args, stdout, stderr }) {
  let name = '.';
  let type = 'A';
  let server = resolverSettings(system).servers[0];
  let short = false;
  let onlyAnswer = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg.startsWith('@')) server = arg.slice(1);
    else if (arg === '+short') short = true;
    else if (arg === '+noall') onlyAnswer = true;
    else if (arg.startsWith('+')) continue;
    else if (arg === '-x') {
      name = reverseName(args[++i] ?? '');
      type = 'PTR';
    } else if (arg === '-t') type = (args[++i] ?? 'A').toUpperCase();
    else if (arg.startsWith('-')) {
      yield* stderr.write(`Invalid option: ${arg}\nUsage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n`);
      return 1;
    } else if (Object.values(TYPES).includes(arg.toUpperCase())) type = arg.toUpperCase();
    else if (arg.toUpperCase() !== 'IN') name = arg.replace(/\.$/, '');
  }
  const startedMs = kernel.now;
  const answer = server === undefined ? undefined : yield* askServer(system, server, name, type);
  if (!answer) {
    yield* stdout.write(`;; communications error to ${server ?? '127.0.0.1'}#53: timed out\n;; no servers could be reached\n`);
    return 9;
  }
  const records = answer.Answer ?? [];
  if (short) {
    yield* stdout.write(records.map((record) => `${record.type === 5 ? record.data.replace(/\.?$/, '.') : record.data}\n`).join(''));
    return 0;
  }
  const lines = records
    .map((record) => `${`${record.name.replace(/\.?$/, '.')}`.padEnd(23)} 5\tIN\t${TYPES[record.type] ?? record.type}\t${record.data}\n`)
    .join('');
  if (onlyAnswer) yield* stdout.write(lines);
  else yield* stdout.write(report(name, type, server!, answer, lines, kernel.now - startedMs));
  return 0;
};

function report(name: string, type: string, server: string, answer: DnsAnswer, lines: string, elapsedMs: number): string {
  const status = answer.Status === 0 ? 'NOERROR' : answer.Status === 3 ? 'NXDOMAIN' : 'SERVFAIL';
  return (
    `\n; <<>> DiG 9.20.15 <<>> ${name}${type === 'A' ? '' : ` ${type}`}\n;; global options: +cmd\n;; Got answer:\n` +
    `;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 4711\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${answer.Answer?.length ?? 0}, AUTHORITY: 0, ADDITIONAL: 1\n\n` +
    `;; QUESTION SECTION:\n;${`${name}.`.padEnd(30)} IN\t${type}\n\n${lines === '' ? '' : `;; ANSWER SECTION:\n${lines}\n`}` +
    `;; Query time: ${Math.round(elapsedMs)} msec\n;; SERVER: ${server}#53(${server}) (UDP)\n\n`
  );
}
