import { sleep } from '../../sim/wait.ts';
import { resolveHost } from '../resolve.ts';
import { isBusybox, parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'ping [options] <destination>',
  about: 'Send ICMP ECHO_REQUEST to network hosts.',
  wrongUsage: 2,
  options: [
    ['-4', 'use IPv4'],
    ['-6', 'use IPv6'],
    ['-c <count>', 'stop after <count> replies'],
    ['-i <interval>', 'seconds between sending each packet'],
    ['-n', 'no reverse DNS name resolution'],
    ['-q', 'quiet output'],
    ['-s <size>', 'use <size> as number of data bytes to be sent'],
    ['-w <deadline>', 'reply wait <deadline> in seconds'],
    ['-W <timeout>', 'time to wait for response'],
  ],
};

/** Asks a host whether it is there. Links, power and cuts answer as they would for any packet. */
export const ping: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { system, kernel, stdout, stderr } = context;
  const [name, extra] = options.operands;
  if (name === undefined) return yield* wrongUsage(context, SPEC, 'usage error: Destination address required');
  if (extra !== undefined) return yield* wrongUsage(context, SPEC, `${extra}: too many destinations`);
  const busybox = isBusybox(system);
  const ip = yield* resolveHost(system, name);
  if (ip === undefined) {
    yield* stderr.write(busybox ? `ping: bad address '${name}'\n` : `ping: ${name}: Name or service not known\n`);
    return busybox ? 1 : 2;
  }
  const count = options.has('c') ? Number(options.value('c')) : Infinity;
  const everyMs = Number(options.value('i') ?? 1) * 1000;
  const size = Number(options.value('s') ?? 56);
  const deadlineMs = options.has('w') ? kernel.now + Number(options.value('w')) * 1000 : Infinity;
  yield* stdout.write(
    busybox ? `PING ${name} (${ip}): ${size} data bytes\n` : `PING ${name} (${ip}) ${size}(${size + 28}) bytes of data.\n`,
  );
  const startedMs = kernel.now;
  const times: number[] = [];
  let sent = 0;
  while (sent < count && kernel.now < deadlineMs) {
    if (sent > 0) yield* sleep(everyMs);
    sent++;
    const target = ip === '127.0.0.1' ? system.network : system.fabric.hostByIp(ip);
    if (!target || !system.fabric.reachable(system.network, target)) continue;
    const roundTripMs = 2 * system.fabric.latencyMs(system.network, target);
    yield* sleep(roundTripMs);
    times.push(roundTripMs);
    if (options.has('q')) continue;
    const from = busybox || name === ip ? ip : `${name} (${ip})`;
    yield* stdout.write(
      busybox
        ? `${size + 8} bytes from ${from}: seq=${sent - 1} ttl=64 time=${roundTripMs.toFixed(3)} ms\n`
        : `${size + 8} bytes from ${from}: icmp_seq=${sent} ttl=64 time=${roundTripMs.toFixed(3)} ms\n`,
    );
  }
  if (times.length < sent && count !== Infinity) yield* sleep(Math.min(Number(options.value('W') ?? 10) * 1000, deadlineMs - kernel.now));
  const loss = sent === 0 ? 0 : Math.round(((sent - times.length) / sent) * 100);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const figures =
    times.length === 0
      ? ''
      : busybox
        ? `round-trip min/avg/max = ${low.toFixed(3)}/${average.toFixed(3)}/${high.toFixed(3)} ms\n`
        : `rtt min/avg/max/mdev = ${low.toFixed(3)}/${average.toFixed(3)}/${high.toFixed(3)}/0.000 ms\n`;
  const received = busybox
    ? `${times.length} packets received, ${loss}% packet loss`
    : `${times.length} received, ${loss}% packet loss, time ${Math.round(kernel.now - startedMs)}ms`;
  yield* stdout.write(
    `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${received}\n${figures}${busybox || times.length > 0 ? '' : '\n'}`,
  );
  return times.length > 0 ? 0 : 1;
};
