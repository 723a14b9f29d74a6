import { FileError } from '../../../machine/files.ts';
import { CliError } from '../../errors.ts';
import type { Cli } from '../../cli.ts';
import type { Flags, FlagSpec } from '../../flags.ts';

/** Where config maps and secrets get their contents from. */
export const SOURCE_FLAGS: readonly FlagSpec[] = [
  { name: 'from-env-file', kind: 'strings', usage: 'Specify the path to a file to read lines of key=val pairs to create a configmap.' },
  {
    name: 'from-file',
    kind: 'strings',
    usage:
      'Key file can be specified using its file path, in which case file basename will be used as configmap key, or optionally with a key and file path, in which case the given key will be used.  Specifying a directory will iterate each named file in the directory whose basename is a valid configmap key.',
  },
  { name: 'from-literal', kind: 'array', usage: 'Specify a key and literal value to insert in configmap (i.e. mykey=somevalue)' },
];

type Pair = readonly [key: string, value: string];

/** Keys and values of all sources: literals, then files, as kubectl adds them. Throws {@link CliError}. */
export function gatherSources(cli: Cli, flags: Flags): Pair[] {
  const envFiles = flags.strings('from-env-file');
  const files = flags.strings('from-file');
  const literals = flags.strings('from-literal');
  if (envFiles.length > 0 && (files.length > 0 || literals.length > 0))
    throw new CliError('from-env-file cannot be combined with from-file or from-literal');
  return [
    ...literals.map(literal),
    ...files.flatMap((source) => fromFile(cli, source)),
    ...envFiles.flatMap((path) => fromEnvFile(cli, path)),
  ];
}

function literal(text: string): Pair {
  const equals = text.indexOf('=');
  if (equals === 0) throw new CliError(`invalid literal source ${text}, expected key=value`);
  if (equals < 0) throw new CliError(`invalid literal source ${text}, expected key=value`);
  const value = text.slice(equals + 1);
  return [text.slice(0, equals), /^(".*"|'.*')$/s.test(value) ? value.slice(1, -1) : value];
}

function fromFile(cli: Cli, source: string): Pair[] {
  const parts = source.split('=');
  if (parts.length > 2) throw new CliError("key names or file paths cannot contain '='");
  const path = parts.at(-1)!;
  if (parts.length === 2 && (parts[0] === '' || path === ''))
    throw new CliError(
      `${parts[0] === '' ? 'key name' : 'file path'} for ${parts[0] === '' ? 'file path' : 'key name'} ${path || parts[0]} missing`,
    );
  const stat = cli.context.system.files.stat(cli.path(path));
  if (!stat) throw new CliError(`error reading ${path}: no such file or directory`);
  if (stat.type === 'file') return [[parts.length === 2 ? parts[0]! : baseName(path), readFile(cli, path)]];
  if (parts.length === 2) throw new CliError('cannot give a key name for a directory path');
  const names = cli.context.system.files.list(cli.path(path));
  const own = names.filter((name) => cli.context.system.files.stat(cli.path(`${path}/${name}`))?.type === 'file');
  return own.filter((name) => /^[-._a-zA-Z0-9]+$/.test(name)).map((name) => [name, readFile(cli, `${path}/${name}`)]);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Reads a file of the user. Throws {@link CliError}. */
export function readFile(cli: Cli, path: string): string {
  try {
    return cli.readFile(path);
  } catch (error) {
    if (error instanceof FileError) throw new CliError(`error reading ${path}: ${error.message.toLowerCase()}`);
    throw error;
  }
}

/** `KEY=value` lines; `#` begins a comment; a bare `KEY` takes its value from the environment. */
export function fromEnvFile(cli: Cli, path: string): Pair[] {
  const pairs: Pair[] = [];
  readFile(cli, path)
    .split('\n')
    .forEach((line, at) => {
      const text = (at === 0 ? line.replace(/^\uFEFF/, '') : line).trimStart();
      if (text === '' || text.startsWith('#')) return;
      const equals = text.indexOf('=');
      const key = equals < 0 ? text : text.slice(0, equals);
      if (/\s/.test(key))
        throw new CliError(
          `${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist only of printable ASCII characters other than '='`,
        );
      pairs.push([key, equals < 0 ? (cli.context.env.get(key) ?? '') : text.slice(equals + 1)]);
    });
  return pairs;
}
