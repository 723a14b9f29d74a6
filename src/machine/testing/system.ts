import { Fabric } from '../../net/fabric.ts';
import { Kernel } from '../../sim/kernel.ts';
import { MemoryFiles } from '../memory-files.ts';
import { MACHINE_PROGRAMS } from '../programs/list.ts';
import { CallbackWriter, TextReader } from '../streams.ts';
import { programFailed } from '../exec.ts';
import { shellProgram } from '../shell/main.ts';
import type { FileSystem } from '../files.ts';
import type { Program, System } from '../program.ts';

/** Noon of the last day of January 2026. */
export const TEST_EPOCH_MS = Date.UTC(2026, 0, 31, 12);

export interface TestSystem extends System {
  readonly files: FileSystem;
}

/** A system by itself, for tests. */
export function testSystem(
  options: { files?: Record<string, string>; programs?: ReadonlyMap<string, Program>; peers?: () => Record<string, System> } = {},
): TestSystem {
  const kernel = new Kernel(1, TEST_EPOCH_MS);
  const files = new MemoryFiles(kernel);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true });
    files.write(path, text);
  }
  const fabric = new Fabric();
  const network = { name: 'host', ip: '10.0.0.1', powered: true };
  fabric.attach(network);
  return {
    kernel,
    hostname: 'host',
    files,
    network,
    fabric,
    programs: options.programs ?? MACHINE_PROGRAMS,
    peer: (name) => options.peers?.()[name],
    units: undefined,
  };
}

export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** As a terminal would show both. */
  readonly both: string;
  readonly elapsedMs: number;
}

/** Runs shell source to its end, or for at most an hour of virtual time. */
export function runShell(
  system: System,
  source: string,
  options: { shell?: string; stdin?: string; args?: readonly string[] } = {},
): RunResult {
  const { kernel } = system;
  const startedMs = kernel.now;
  let stdout = '';
  let stderr = '';
  let both = '';
  let status = -1;
  const group = kernel.root.child('test');
  const name = options.shell ?? 'bash';
  const env = new Map([
    ['HOME', '/root'],
    ['PATH', '/usr/bin:/bin'],
  ]);
  const out = new CallbackWriter((text) => ((stdout += text), (both += text)));
  const err = new CallbackWriter((text) => ((stderr += text), (both += text)));
  const context = {
    system,
    kernel,
    group,
    name,
    args: ['-c', source, ...(options.args ?? [])],
    env,
    cwd: '/root',
    stdin: new TextReader(options.stdin ?? ''),
    stdout: out,
    stderr: err,
  };
  group.spawn(
    name,
    (function* () {
      try {
        status = yield* shellProgram(context);
      } catch (error) {
        status = yield* programFailed(error, name, context);
      }
    })(),
  );
  const untilMs = startedMs + 3_600_000;
  while (status < 0 && kernel.step(untilMs));
  const elapsedMs = kernel.now - startedMs;
  group.dispose();
  return { status, stdout, stderr, both, elapsedMs };
}
