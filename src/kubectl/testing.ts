import { testServer, type TestServer } from '../apiserver/testing.ts';
import { SERVICE_ACCOUNTS } from '../api/kinds.ts';
import { MemoryFiles } from '../machine/memory-files.ts';
import { CallbackWriter, TextReader } from '../machine/streams.ts';
import { createKubectl } from './main.ts';
import type { Program, ProgramContext, System } from '../machine/program.ts';

/** A kubectl before an API server of its own, with a home folder. */
export class KubectlHarness {
  readonly api: TestServer;
  readonly files: MemoryFiles;
  private readonly program: Program;

  constructor(options: { namespace?: string } = {}) {
    this.api = testServer(options);
    // The server makes the namespaces of a fresh cluster by itself.
    this.api.advance(1_000);
    this.api.run(this.api.client.create(SERVICE_ACCOUNTS, { metadata: { name: 'default', namespace: 'default' } }));
    this.files = new MemoryFiles(this.api.kernel);
    this.files.makeDirectory('/root', { parents: true });
    this.program = createKubectl({ clientFor: () => this.api.client });
  }

  write(path: string, text: string): void {
    const absolute = `/root/${path}`;
    this.files.makeDirectory(absolute.slice(0, absolute.lastIndexOf('/')), { parents: true });
    this.files.write(absolute, text);
  }

  /** Runs a command line (words as an array, or split at blanks); answers what a terminal shows, and the exit code. */
  run(line: string | readonly string[], stdin = ''): { output: string; code: number } {
    const { kernel } = this.api;
    let output = '';
    const terminal = new CallbackWriter((text) => (output += text));
    const system = {
      kernel,
      hostname: 'master-1',
      files: this.files,
      programs: new Map(),
      peer: () => undefined,
      units: undefined,
    } as unknown as System;
    const context: ProgramContext = {
      system,
      kernel,
      group: kernel.root.child('kubectl'),
      name: 'kubectl',
      args: typeof line === 'string' ? words(line) : line,
      env: new Map([['HOME', '/root']]),
      cwd: '/root',
      stdin: new TextReader(stdin),
      stdout: terminal,
      stderr: terminal,
    };
    const code = this.api.run(this.program(context));
    return { output, code };
  }

  /** What a terminal shows of one command. */
  output(line: string | readonly string[], stdin = ''): string {
    return this.run(line, stdin).output;
  }
}

/** Splits at blanks outside of quotes, as a shell would; quotes are taken off. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"(?:[^"\\]|\\.)*")+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"/g,
      (_all, single?: string, double?: string) => single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? '',
    ),
  );
}
