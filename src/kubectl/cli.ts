import { resolvePath } from '../machine/files.ts';
import type { ProgramContext } from '../machine/program.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Task } from '../sim/wait.ts';
import type { Api } from './api.ts';
import type { Discovery } from './discovery.ts';
import type { Kubeconfig } from './kubeconfig.ts';

/** Everything one invocation of kubectl works with. */
export interface Surroundings {
  readonly context: ProgramContext;
  readonly api: Api;
  readonly discovery: Discovery;
  readonly config: Kubeconfig;
  /** The namespace to work in: of the flag, of the context, or `default`. */
  readonly namespace: string;
  /** Whether it was asked for on the command line. */
  readonly namespaceGiven: boolean;
  /** `https://host:port` of the API server. */
  readonly server: string;
}

/** One invocation: where it prints, which server it asks. */
export class Cli implements Surroundings {
  readonly context: ProgramContext;
  readonly api: Api;
  readonly discovery: Discovery;
  readonly config: Kubeconfig;
  readonly namespace: string;
  readonly namespaceGiven: boolean;
  readonly server: string;

  constructor(surroundings: Surroundings) {
    this.context = surroundings.context;
    this.api = surroundings.api;
    this.discovery = surroundings.discovery;
    this.config = surroundings.config;
    this.namespace = surroundings.namespace;
    this.namespaceGiven = surroundings.namespaceGiven;
    this.server = surroundings.server;
  }

  get kernel(): Kernel {
    return this.context.kernel;
  }

  *out(text: string): Task<void> {
    if (text !== '') yield* this.context.stdout.write(text);
  }

  *err(text: string): Task<void> {
    if (text !== '') yield* this.context.stderr.write(text);
  }

  *line(text: string): Task<void> {
    yield* this.context.stdout.write(`${text}\n`);
  }

  *warn(text: string): Task<void> {
    yield* this.context.stderr.write(`Warning: ${text}\n`);
  }

  /** An absolute path of one given by the user. */
  path(path: string): string {
    return resolvePath(this.context.cwd, path);
  }

  /** Reads a file of the user. Throws FileError. */
  readFile(path: string): string {
    return this.context.system.files.read(this.path(path));
  }
}
