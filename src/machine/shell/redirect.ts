import type { Redirect, Redirection } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { FileError } from '../files.ts';
import { openForReading, openForWriting, TextReader } from '../streams.ts';
import { expandHereDocument, expandText, expandWords } from './expand.ts';
import { CommandProblem } from './signals.ts';
import type { Reader, Writer } from '../program.ts';
import type { Io } from './io.ts';
import type { Shell } from './shell.ts';

/** The descriptors after all redirections, applied from left to right. Throws {@link CommandProblem}. */
export function* redirect(shell: Shell, redirections: readonly Redirection[]): Task<Io> {
  let { io } = shell;
  for (const each of redirections) {
    const named = each.descriptor?.type === 'FileDescriptorVariable' ? each.descriptor.name : undefined;
    const fd = each.descriptor?.type === 'FileDescriptor' ? each.descriptor.value : named !== undefined ? io.free() : undefined;
    if (named !== undefined) shell.setVariable(named, undefined, String(fd));
    if (each.type === 'HereString') {
      const text = each.target ? yield* expandText(shell, each.target) : '';
      io = io.with(fd ?? 0, new TextReader(`${text}\n`));
    } else if (each.type === 'HereDoc') {
      const text = yield* expandHereDocument(shell, each.body, each.delimiter?.quoted ?? false, each.operator === '<<-');
      io = io.with(fd ?? 0, new TextReader(text));
    } else io = yield* redirectFile(shell, io, each, fd);
  }
  return io;
}

function* redirectFile(shell: Shell, io: Io, each: Redirect, fd: number | undefined): Task<Io> {
  const { operator } = each;
  const target = yield* targetOf(shell, each);
  switch (operator) {
    case '<':
    case '<>':
      return io.with(fd ?? 0, openInput(shell, io, target, operator === '<>'));
    case '>':
    case '>|':
    case '>>':
      return io.with(fd ?? 1, openOutput(shell, io, target, operator === '>>', operator === '>'));
    case '&>':
    case '&>>': {
      const writer = openOutput(shell, io, target, operator === '&>>', operator === '&>');
      return io.with(1, writer).with(2, writer);
    }
    case '>&':
    case '<&': {
      const own = fd ?? (operator === '>&' ? 1 : 0);
      if (target === '-') return io.without(own);
      const match = /^(\d+)(-?)$/.exec(target);
      if (match) {
        const stream = io.get(Number(match[1]));
        if (!stream) throw new CommandProblem(`${match[1]}: Bad file descriptor`);
        const next = io.with(own, stream);
        return match[2] === '-' ? next.without(Number(match[1])) : next;
      }
      if (operator === '<&' || fd !== undefined) throw new CommandProblem(`${target}: ambiguous redirect`);
      const writer = openOutput(shell, io, target, false, true);
      return io.with(1, writer).with(2, writer);
    }
  }
}

function* targetOf(shell: Shell, each: Redirect): Task<string> {
  if (!each.target) throw new CommandProblem('syntax error: redirection without a target', 2);
  const { parts } = each.target;
  if (!parts) return yield* expandText(shell, each.target);
  const words = yield* expandWords(shell, [each.target]);
  if (words.length !== 1) throw new CommandProblem(`${each.target.text}: ambiguous redirect`);
  return words[0]!;
}

function openInput(shell: Shell, io: Io, target: string, create: boolean): Reader {
  const inherited = descriptorPath(io, target);
  if (inherited && 'readLine' in inherited) return inherited;
  const path = shell.path(target);
  try {
    if (create && !shell.system.files.stat(path)) shell.system.files.write(path, '');
    return openForReading(shell.system.files, path);
  } catch (error) {
    throw fileProblem(shell, target, error, 'open');
  }
}

function openOutput(shell: Shell, io: Io, target: string, append: boolean, keeps: boolean): Writer {
  const inherited = descriptorPath(io, target);
  if (inherited && 'write' in inherited) return inherited;
  const path = shell.path(target);
  try {
    if (keeps && shell.options.noclobber && shell.system.files.stat(path)?.type === 'file' && !path.startsWith('/dev/')) {
      throw new CommandProblem(`${target}: cannot overwrite existing file`);
    }
    return openForWriting(shell.system.files, path, append);
  } catch (error) {
    throw fileProblem(shell, target, error, 'create');
  }
}

/** `/dev/stdout`, `/dev/fd/2`, `/proc/self/fd/1`: the stream behind such a name. */
function descriptorPath(io: Io, target: string): Reader | Writer | undefined {
  if (!target.startsWith('/dev/') && !target.startsWith('/proc/')) return undefined;
  if (target === '/dev/stdin') return io.stdin;
  if (target === '/dev/stdout') return io.stdout;
  if (target === '/dev/stderr') return io.stderr;
  if (target === '/dev/tty') return io.stderr.isTerminal ? io.stderr : undefined;
  const match = /^\/(?:dev|proc\/(?:self|1|\$\$))\/fd\/(\d+)$/.exec(target);
  return match ? io.get(Number(match[1])) : undefined;
}

function fileProblem(shell: Shell, target: string, error: unknown, verb: 'open' | 'create'): unknown {
  if (!(error instanceof FileError)) return error;
  if (target === '') return new CommandProblem(`${target}: No such file or directory`);
  if (shell.flavour === 'bash') return new CommandProblem(`${target}: ${error.message}`);
  const reason = error.code === 'ENOENT' ? (verb === 'create' ? 'nonexistent directory' : 'no such file') : error.message;
  const text =
    shell.flavour === 'ash' && verb === 'open' && error.code === 'ENOENT'
      ? 'no such file'
      : shell.flavour === 'dash'
        ? error.code === 'ENOENT' && verb === 'open'
          ? 'No such file'
          : reason === 'nonexistent directory'
            ? 'Directory nonexistent'
            : error.message
        : reason;
  return new CommandProblem(`${shell.flavour === 'dash' ? 'cannot' : "can't"} ${verb} ${target}: ${text}`, 2);
}
