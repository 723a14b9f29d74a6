import type { ParsedScript, ProcessSubstitutionPart, Statement, Word } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { openForReading, StringSink, TextReader } from '../streams.ts';
import { MOST_DEPTH } from './limits.ts';
import { parseShell } from './parse.ts';
import { runScript } from './run.ts';
import { CommandProblem } from './signals.ts';
import type { Shell } from './shell.ts';

/** `$(...)`: the output without its last newlines. */
export function* substitute(shell: Shell, script: ParsedScript): Task<string> {
  const problem = script.errors?.[0];
  if (problem) {
    shell.substitutionStatus = 2;
    throw new CommandProblem(`command substitution: ${parseShell(script.source ?? '').problem?.message ?? problem.message}`);
  }
  const onlyFile = readsFile(script);
  if (onlyFile) {
    const text = yield* openForReading(shell.system.files, shell.path(yield* shell.expandText(onlyFile))).readAll();
    shell.substitutionStatus = 0;
    return trimOutput(text);
  }
  const sink = new StringSink();
  const sub = shell.fork(shell.io.with(1, sink));
  if (script.source !== undefined) sub.source = script.source;
  sub.depth++;
  if (sub.depth >= MOST_DEPTH) throw new CommandProblem('command substitution: maximum nesting exceeded');
  shell.substitutionStatus = yield* sub.runSubshell(() => runScript(sub, script));
  shell.lastStatus = shell.substitutionStatus;
  return trimOutput(sink.text);
}

/**
 * `<(...)` and `>(...)`: a file that holds the finished output, or one whose text is handed over
 * after the command. (Real shells run both sides at once.)
 */
export function* processSubstitution(shell: Shell, part: ProcessSubstitutionPart): Task<string> {
  const { files } = shell.system;
  const path = `/dev/fd/${63 - shell.afterCommand.length}`;
  files.makeDirectory('/dev/fd', { parents: true });
  const { script } = part;
  if (part.operator === '<') {
    const sink = new StringSink();
    const sub = shell.fork(shell.io.with(1, sink));
    if (script) yield* sub.runSubshell(() => runScript(sub, script));
    files.write(path, sink.text);
    shell.afterCommand = [
      ...shell.afterCommand,
      function* () {
        if (files.stat(path)) files.remove(path);
      },
    ];
  } else {
    files.write(path, '');
    const sub = shell.fork();
    shell.afterCommand = [
      ...shell.afterCommand,
      function* () {
        sub.io = sub.io.with(0, new TextReader(files.read(path)));
        files.remove(path);
        if (script) yield* sub.runSubshell(() => runScript(sub, script));
      },
    ];
  }
  return path;
}

/** The file of `$(< file)`. */
function readsFile(script: ParsedScript): Word | undefined {
  const node: Statement['command'] | undefined = script.commands.length === 1 ? script.commands[0]!.command : undefined;
  if (node?.type !== 'Command' || node.name || node.prefix.length !== 1) return undefined;
  const only = node.prefix[0]!;
  return only.type === 'Redirect' && only.operator === '<' && !only.descriptor ? only.target : undefined;
}

function trimOutput(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
  const trimmed = end === text.length ? text : text.slice(0, end);
  return trimmed.includes('\0') ? trimmed.replaceAll('\0', '') : trimmed;
}
