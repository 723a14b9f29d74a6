import { sleep } from '../../sim/wait.ts';
import { runProgram } from '../exec.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program, System } from '../program.ts';

const SPEC: CommandSpec = {
  usage:
    'ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-i identity_file] [-l login_name]\n           [-o option] [-p port] destination [command [argument ...]]',
  about: 'OpenSSH remote login client.',
  wrongUsage: 255,
  stopsAtOperand: true,
  options: [
    ['-4', 'use IPv4 addresses only'],
    ['-A', 'forward the authentication agent'],
    ['-C', 'compress'],
    ['-f', 'go to background just before command execution'],
    ['-i IDENTITY', 'file with the private key'],
    ['-l LOGIN', 'user to log in as'],
    ['-n', 'redirect stdin from /dev/null'],
    ['-o OPTION', 'an option as in the configuration file'],
    ['-p PORT', 'port to connect to'],
    ['-q', 'quiet mode'],
    ['-t', 'force pseudo-terminal allocation'],
    ['-T', 'disable pseudo-terminal allocation'],
    ['-v', 'verbose mode'],
    ['-x', 'disable X11 forwarding'],
  ],
};

/** Key exchange and login. */
const LOGIN_MS = 150;
const NO_ROUTE_MS = 3_000;

/** Runs a command, or a shell, on another machine. */
export const ssh: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [destination, ...command] = options.operands;
  const { system, kernel, group, stdin, stdout, stderr } = context;
  if (destination === undefined) {
    yield* stderr.write(`usage: ${SPEC.usage}\n`);
    return 255;
  }
  const name = destination
    .replace(/^ssh:\/\//, '')
    .replace(/^[^@]*@/, '')
    .replace(/:\d+$/, '');
  const port = options.value('p') ?? '22';
  const peer = name === 'localhost' || name === system.hostname ? system : system.peer(name);
  if (!peer) {
    if (!isKnown(system, name)) {
      yield* stderr.write(`ssh: Could not resolve hostname ${name}: Name or service not known\n`);
      return 255;
    }
    yield* sleep(NO_ROUTE_MS);
    yield* stderr.write(`ssh: connect to host ${name} port ${port}: No route to host\n`);
    return 255;
  }
  if (port !== '22') {
    yield* stderr.write(`ssh: connect to host ${name} port ${port}: Connection refused\n`);
    return 255;
  }
  yield* sleep(LOGIN_MS + 8 * system.fabric.latencyMs(system.network, peer.network));
  const shell = peer.programs.get('bash') ?? peer.programs.get('sh');
  if (!shell) {
    yield* stderr.write(`ssh: ${name} has no login shell\n`);
    return 255;
  }
  const env = new Map([
    ['HOME', '/root'],
    ['USER', 'root'],
    ['LOGNAME', 'root'],
    ['SHELL', '/bin/bash'],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['SSH_CONNECTION', `${system.network.ip} 51234 ${peer.network.ip} 22`],
  ]);
  const args = command.length > 0 ? ['-c', command.join(' ')] : [];
  if (command.length === 0) env.set('TERM', context.env.get('TERM') ?? 'xterm');
  const status = yield* runProgram(shell, { system: peer, kernel, group, name: 'bash', args, env, cwd: '/root', stdin, stdout, stderr });
  if (!peer.network.powered) {
    yield* stderr.write(`Connection to ${name} closed by remote host.\n`);
    return 255;
  }
  if (command.length === 0) yield* stderr.write(`Connection to ${name} closed.\n`);
  return status;
};

/** Whether the name stands in /etc/hosts or is an address of the network. */
function isKnown(system: System, name: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return true;
  const hosts = system.files.stat('/etc/hosts') ? system.files.read('/etc/hosts') : '';
  return hosts.split('\n').some((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(name));
}
