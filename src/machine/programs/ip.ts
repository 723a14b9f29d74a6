import type { Program } from '../program.ts';

/** Addresses, links and routes: the loopback and one interface. */
export const ip: Program = function* ({ system, args, stdout, stderr }) {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const brief = args.includes('-br') || args.includes('-brief');
  const [object = 'help', verb = 'show'] = words;
  const address = system.network.ip;
  const name = 'eth0';
  const gateway = address.replace(/\.\d+$/, '.1');
  if (!['show', 'list', 'ls', 's', 'sh', 'get'].includes(verb) && !['dev', 'to'].includes(verb)) {
    yield* stderr.write(`Command "${verb}" is unknown, try "ip ${object} help".\n`);
    return 255;
  }
  if ('address'.startsWith(object)) {
    yield* stdout.write(
      brief
        ? `lo               UNKNOWN        127.0.0.1/8 \n${name}             UP             ${address}/24 \n`
        : `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n2: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether ${hardwareAddress(address)} brd ff:ff:ff:ff:ff:ff\n    inet ${address}/24 brd ${address.replace(/\.\d+$/, '.255')} scope global ${name}\n       valid_lft forever preferred_lft forever\n`,
    );
    return 0;
  }
  if ('route'.startsWith(object)) {
    if (verb === 'get') yield* stdout.write(`${words[2] ?? gateway} dev ${name} src ${address} uid 0 \n    cache \n`);
    else
      yield* stdout.write(
        `default via ${gateway} dev ${name} \n${address.replace(/\.\d+$/, '.0')}/24 dev ${name} proto kernel scope link src ${address} \n`,
      );
    return 0;
  }
  if ('link'.startsWith(object)) {
    yield* stdout.write(
      `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n2: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP mode DEFAULT group default qlen 1000\n    link/ether ${hardwareAddress(address)} brd ff:ff:ff:ff:ff:ff\n`,
    );
    return 0;
  }
  yield* stderr.write(
    object === 'help'
      ? 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { address | link | route }\n'
      : `Object "${object}" is unknown, try "ip help".\n`,
  );
  return object === 'help' ? 255 : 1;
};

function hardwareAddress(address: string): string {
  return `02:42:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
}
