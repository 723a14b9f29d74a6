import type { Command } from './command.ts';
import type { FlagSpec } from './flags.ts';

/** The help text of a command, laid out as kubectl's templates do. */
export function helpText(path: string, command: Command, globals: readonly FlagSpec[]): string {
  const parts = [`${command.long ?? command.short}\n`];
  if (command.aliases?.length) parts.push(`Aliases:\n${[command.name, ...command.aliases].join(', ')}\n`);
  if (command.examples) parts.push(`Examples:\n${indent(command.examples, '  ')}\n`);
  const commands = (command.subcommands ?? []).filter((one) => !one.hidden);
  if (commands.length > 0) {
    const width = Math.max(...commands.map(({ name }) => name.length));
    parts.push(`Available Commands:\n${commands.map(({ name, short }) => `  ${name.padEnd(width)}   ${short}`).join('\n')}\n`);
  }
  const flags = (command.flags ?? []).filter((flag) => !flag.hidden);
  if (flags.length > 0) parts.push(`Options:\n${flagsText(flags)}`);
  parts.push(`Usage:\n  ${path}${usageTail(command)}\n`);
  if (commands.length > 0) parts.push(`Use "${path} <command> --help" for more information about a given command.`);
  parts.push(`Use "kubectl options" for a list of global command-line options (applies to all commands).\n`);
  return parts.join('\n') + (globals.length === 0 ? '' : '');
}

function usageTail(command: Command): string {
  const words = command.usage.split(' ');
  const own = words.slice(words.lastIndexOf(command.name) + 1).join(' ');
  const tail = own === '' ? '' : ` ${own}`;
  return `${tail}${command.flags?.length ? ' [options]' : ''}`;
}

export function flagsText(flags: readonly FlagSpec[]): string {
  const sorted = [...flags].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted
    .map(
      (flag) =>
        `    ${flag.shorthand ? `-${flag.shorthand}, ` : ''}--${flag.name}=${defaultText(flag)}:\n${indent(flag.usage, '        ')}\n`,
    )
    .join('\n');
}

function defaultText(flag: FlagSpec): string {
  switch (flag.kind) {
    case 'bool':
      return flag.default ?? 'false';
    case 'string':
      return `'${flag.default ?? ''}'`;
    case 'strings':
    case 'array':
      return `[${flag.default ?? ''}]`;
    default:
      return flag.default ?? '0';
  }
}

function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n');
}
