import { exchange } from '../apiserver/edge.ts';
import { applyFiles } from '../kubectl/apply-files.ts';
import { ApiError, isApiError } from '../api/status.ts';
import { NetError, type Fabric } from '../net/fabric.ts';
import { FileError, resolvePath } from '../machine/files.ts';
import type { Client } from '../client/client.ts';
import type { HttpRequest, HttpResponse } from '../net/http.ts';
import type { Machine } from '../machine/machine.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Task } from '../sim/wait.ts';
import type { ClusterOutput, Input, OutsideRequest } from './input.ts';
import type { Terminals } from './terminals.ts';

export interface PerformerOptions {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  /** The administrator's. */
  readonly client: Client;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly terminals: Terminals;
  readonly output: ClusterOutput;
}

/** Carries out inputs at the present instant; what takes time becomes a process outside all machines. */
export class Performer {
  private readonly options: PerformerOptions;
  /** How to hang up on requests that are being answered. */
  private readonly exchanges = new Map<string, () => void>();

  constructor(options: PerformerOptions) {
    this.options = options;
  }

  perform(input: Input): void {
    const { kernel, terminals, machines, fabric } = this.options;
    switch (input.kind) {
      case 'apply':
        kernel.root.spawn('apply', this.apply(input));
        return;
      case 'request':
        kernel.root.spawn('request', this.request(input));
        return;
      case 'http':
        this.openExchange(input.id, input.request);
        return;
      case 'http-abort':
        this.exchanges.get(input.id)?.();
        this.exchanges.delete(input.id);
        return;
      case 'terminal-open':
        terminals.open(input.terminal, input.host, input);
        return;
      case 'terminal-line':
        terminals.line(input.terminal, input.text);
        return;
      case 'terminal-signal':
        terminals.signal(input.terminal, input.signal);
        return;
      case 'terminal-close':
        terminals.close(input.terminal);
        return;
      case 'write-file':
        writeFile(machines.get(input.host), input.path, input.text);
        return;
      case 'unit': {
        const machine = machines.get(input.host);
        if (machine?.powered) kernel.root.spawn('systemctl', changeUnit(machine, input.unit, input.action));
        return;
      }
      case 'machine':
        if (input.action === 'power-on') machines.get(input.host)?.powerOn();
        else machines.get(input.host)?.powerOff();
        return;
      case 'link': {
        const [a, b] = input.between.map((name) => machines.get(name));
        if (!a || !b) return;
        if (input.action === 'cut') fabric.cut(a, b);
        else fabric.mend(a, b);
        return;
      }
    }
  }

  private openExchange(id: string, request: OutsideRequest): void {
    const { kernel, client, output } = this.options;
    const decoder = new TextDecoder();
    const handle = function* (asked: HttpRequest): Task<HttpResponse> {
      try {
        return yield* client.raw(asked);
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        return { status: 503, headers: { 'content-type': 'application/json' }, body: unreachable(error).status };
      }
    };
    const hangUp = exchange(kernel.root, handle, request, {
      head: (status, headers) => output.httpHead(id, status, headers),
      chunk: (data) => output.httpChunk(id, typeof data === 'string' ? data : decoder.decode(data, { stream: true })),
      end: () => {
        this.exchanges.delete(id);
        output.httpEnd(id);
      },
    });
    this.exchanges.set(id, hangUp);
  }

  private *apply(input: Extract<Input, { kind: 'apply' }>): Task<void> {
    const documents = yield* applyFiles(this.options.client, input.files);
    this.options.output.applied(input.id, documents);
  }

  private *request(input: Extract<Input, { kind: 'request' }>): Task<void> {
    const { client, output } = this.options;
    const { id, method, path, query = [], contentType = 'application/json', body } = input;
    try {
      const headers = { accept: 'application/json', 'user-agent': 'kubarium', ...(body !== undefined && { 'content-type': contentType }) };
      const response = yield* client.raw({ method, path, query, headers, ...(body !== undefined && { body }) });
      response.stream?.cancel();
      output.responded(id, response.status, typeof response.body === 'string' ? response.body : JSON.stringify(response.body ?? {}));
    } catch (error) {
      if (!(error instanceof NetError) && !isApiError(error)) throw error;
      const { status } = error instanceof ApiError ? error : unreachable(error);
      output.responded(id, status.code, JSON.stringify(status));
    }
  }
}

function unreachable(error: NetError): ApiError {
  return new ApiError(503, 'ServiceUnavailable', `The API server cannot be reached: ${error.message}`);
}

function writeFile(machine: Machine | undefined, path: string, text: string): void {
  if (!machine) return;
  const absolute = resolvePath('/root', path);
  try {
    machine.files.makeDirectory(absolute.slice(0, absolute.lastIndexOf('/')) || '/', { parents: true });
    machine.files.write(absolute, text);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

function* changeUnit(machine: Machine, unit: string, action: 'start' | 'stop'): Task<void> {
  if (machine.units.state(unit) === undefined) return;
  yield* action === 'start' ? machine.units.start(unit) : machine.units.stop(unit);
}
