import type { Task } from '../../sim/wait.ts';
import { askServer, candidates, resolverSettings, type DnsAnswer } from '../resolve.ts';
import { isBusybox } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

/** Asks name servers. bind's where it is not busybox's. */
export const nslookup: Program = function* (context) {
  const { system, args, stdout, stderr } = context;
  const busybox = isBusybox(system);
  const operands = args.filter((arg) => !arg.startsWith('-'));
  const types = args.filter((arg) => /^-(q|query|type|querytype)=/.test(arg)).map((arg) => arg.slice(arg.indexOf('=') + 1).toUpperCase());
  const [name, given] = operands;
  if (name === undefined || args.includes('--help')) {
    yield* stderr.write('Usage: nslookup [-type=QUERY_TYPE] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n');
    return 1;
  }
  const settings = resolverSettings(system);
  const server = given ?? settings.servers[0];
  if (server === undefined) {
    yield* stderr.write(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  const type = types[0] ?? (/^\d+\.\d+\.\d+\.\d+$/.test(name) ? 'PTR' : 'A');
  const outcome = yield* ask(
    context,
    server,
    type === 'PTR' && /^[\d.]+$/.test(name) ? [reverseName(name)] : candidates(name, settings),
    type,
  );
  if (outcome === 'unreachable') {
    yield* stdout.write(
      busybox
        ? ';; connection timed out; no servers could be reached\n\n'
        : `;; communications error to ${server}#53: timed out\n;; no servers could be reached\n\n`,
    );
    return 1;
  }
  yield* stdout.write(`Server:\t\t${server}\nAddress:\t${server}${busybox ? ':' : '#'}53\n\n`);
  const { asked, answer } = outcome;
  const records = answer.Answer ?? [];
  if (answer.Status !== 0 || records.length === 0) {
    const shown = busybox ? asked : answer.Status === 0 ? asked : name;
    yield* stdout.write(
      answer.Status === 0
        ? `*** Can't find ${shown}: No answer\n\n`
        : `** server can't find ${shown}: ${answer.Status === 3 ? 'NXDOMAIN' : 'SERVFAIL'}\n\n`,
    );
    return 1;
  }
  yield* stdout.write(`${records.map((record) => recordText(record)).join('')}\n`);
  return 0;
};

interface Outcome {
  readonly asked: string;
  readonly answer: DnsAnswer;
}

/** The first of the names that exists; the last answer if none does. */
function* ask(context: ProgramContext, server: string, names: readonly string[], type: string): Task<Outcome | 'unreachable'> {
  let last: Outcome | undefined;
  for (const asked of names) {
    const answer = yield* askServer(context.system, server, asked, type);
    if (!answer) return 'unreachable';
    last = { asked, answer };
    if (answer.Status === 0 && (answer.Answer?.length ?? 0) > 0) break;
  }
  return last!;
}

export function reverseName(ip: string): string {
  return `${ip.split('.').reverse().join('.')}.in-addr.arpa`;
}

function recordText({ name, type, data }: NonNullable<DnsAnswer['Answer']>[number]): string {
  switch (type) {
    case 1:
    case 28:
      return `Name:\t${name.replace(/\.$/, '')}\nAddress: ${data}\n`;
    case 5:
      return `${name.replace(/\.$/, '')}\tcanonical name = ${data.replace(/\.?$/, '.')}\n`;
    case 12:
      return `${name.replace(/\.$/, '')}\tname = ${data.replace(/\.?$/, '.')}\n`;
    case 33:
      return `${name.replace(/\.$/, '')}\tservice = ${data}\n`;
    default:
      return `${name.replace(/\.$/, '')}\t${data}\n`;
  }
}
