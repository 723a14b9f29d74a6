import type { Speed } from './pacer.ts';

export interface ServeOptions {
  readonly port: number;
  readonly cluster: string | undefined;
  readonly speed: Speed;
  readonly tls: boolean;
  /** The administrator's bearer token. Without one everybody is the administrator. */
  readonly token: string | undefined;
}

export const USAGE = 'usage: npm run serve -- [--port 8001] [--cluster FILE] [--speed 1|max|N] [--tls] [--token T]';

function valueOf(name: string, value: string | undefined): string {
  if (value === undefined || value.startsWith('--')) throw new Error(`${name} needs a value`);
  return value;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port must be a number from 0 to 65535, not ${text}`);
  return port;
}

function speedOf(text: string): Speed {
  if (text === 'max') return 'max';
  const speed = Number(text);
  if (!(speed > 0) || !Number.isFinite(speed)) throw new Error(`--speed must be max or a number above 0, not ${text}`);
  return speed;
}

/** Reads the command line, `--name value` or `--name=value`. Throws with what is wrong with it. */
export function parseOptions(argv: readonly string[]): ServeOptions {
  const options = {
    port: 8001,
    cluster: undefined as string | undefined,
    speed: 1 as Speed,
    tls: false,
    token: undefined as string | undefined,
  };
  const words = argv.flatMap((word) => {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  for (let i = 0; i < words.length; i++) {
    const name = words[i]!;
    if (name === '--port') options.port = portOf(valueOf(name, words[++i]));
    else if (name === '--cluster') options.cluster = valueOf(name, words[++i]);
    else if (name === '--speed') options.speed = speedOf(valueOf(name, words[++i]));
    else if (name === '--token') options.token = valueOf(name, words[++i]);
    else if (name === '--tls') options.tls = true;
    else throw new Error(`unknown option ${name}`);
  }
  return options;
}
