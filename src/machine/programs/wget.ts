import { NetError } from '../../net/fabric.ts';
import type { HttpRequest, HttpResponse } from '../../net/http.ts';
import type { Task } from '../../sim/wait.ts';
import { resolvePath } from '../files.ts';
import { utf8Length } from '../memory-files.ts';
import { resolveHost } from '../resolve.ts';
import { openForWriting } from '../streams.ts';
import { formatDate } from '../calendar.ts';
import { BodyReader, headerLines, parseUrl, reasonOf, redirectTarget, type Url } from './http-client.ts';
import { isBusybox, parseOptions, wrongUsage, type CommandSpec, type Parsed } from './options.ts';
import type { Program, ProgramContext, Writer } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'wget [OPTION]... [URL]...',
  about: 'Retrieve files via HTTP.',
  options: [
    ['-q, --quiet', 'quiet (no output)'],
    ['-O, --output-document=FILE', 'write documents to FILE'],
    ['-S, --server-response', 'print server response'],
    ['-T, --timeout=SECONDS', 'set all timeout values to SECONDS'],
    ['-t, --tries=NUMBER', 'set number of retries to NUMBER'],
    ['-U, --user-agent=AGENT', 'identify as AGENT instead of Wget/VERSION'],
    ['-P, --directory-prefix=PREFIX', 'save files to PREFIX/..'],
    ['-c, --continue', 'resume getting a partially-downloaded file'],
    ['--header=STRING', 'insert STRING among the headers'],
    ['--post-data=STRING', 'use the POST method; send STRING as the data'],
    ['--no-check-certificate', "don't validate the server's certificate"],
    ['--no-verbose', 'turn off verboseness, without being quiet'],
    ['--spider', "don't download anything"],
  ],
};

class WgetFailure {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

const USUAL_TIMEOUT_MS = 900_000;

/** wget: busybox's where it is the applet, else GNU's. */
export const wget: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) {
    if (isBusybox(context.system)) return yield* wrongUsage(context, SPEC, 'missing URL');
    yield* context.stderr.write("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
    return 1;
  }
  let code = 0;
  for (const address of options.operands) {
    try {
      yield* new Download(context, options).run(address);
    } catch (failure) {
      if (!(failure instanceof WgetFailure)) throw failure;
      code = failure.code;
      if (failure.message !== '') yield* context.stderr.write(failure.message);
    }
  }
  return code;
};

class Download {
  private readonly context: ProgramContext;
  private readonly options: Parsed;
  private readonly busybox: boolean;
  private readonly quiet: boolean;
  private readonly timeoutMs: number;

  constructor(context: ProgramContext, options: Parsed) {
    this.context = context;
    this.options = options;
    this.busybox = isBusybox(context.system);
    this.quiet = options.has('q');
    this.timeoutMs = options.has('T') ? Number(options.value('T')) * 1000 : USUAL_TIMEOUT_MS;
  }

  *run(address: string): Task<void> {
    let url = this.parse(address);
    for (let redirects = 0; redirects < 20; redirects++) {
      const response = yield* this.request(url);
      const { location } = response.headers;
      if (location !== undefined && response.status >= 300 && response.status < 400) {
        url = this.parse(redirectTarget(url, location));
        continue;
      }
      if (response.status >= 400) this.refused(response);
      yield* this.save(url, response);
      return;
    }
    throw new WgetFailure(1, this.busybox ? 'wget: too many redirections\n' : '20 redirections exceeded.\n');
  }

  private parse(address: string): Url {
    const url = parseUrl(address);
    if (typeof url === 'string') throw new WgetFailure(1, this.busybox ? `wget: bad address '${address}'\n` : `${address}: ${url}.\n`);
    return url;
  }

  private *say(text: string): Task<void> {
    if (!this.quiet) yield* this.context.stderr.write(text);
  }

  private *request(url: Url): Task<HttpResponse> {
    const { context, options, busybox } = this;
    const { system } = context;
    const stamp = () => formatDate('%Y-%m-%d %H:%M:%S', context.kernel.epochMs());
    if (!busybox)
      yield* this.say(
        `--${stamp()}--  ${url.scheme}://${url.host}${url.port === (url.scheme === 'https' ? 443 : 80) ? '' : `:${url.port}`}${url.target}\n`,
      );
    const isAddress = /^[\d.]+$/.test(url.host);
    if (!busybox && !isAddress) yield* this.say(`Resolving ${url.host} (${url.host})... `);
    const ip = yield* resolveHost(system, url.host);
    if (ip === undefined) {
      throw busybox
        ? new WgetFailure(1, `wget: bad address '${url.host}'\n`)
        : new WgetFailure(
            4,
            `${this.quiet ? '' : 'failed: Name or service not known.\n'}wget: unable to resolve host address '${url.host}'\n`,
          );
    }
    if (busybox) yield* this.say(`Connecting to ${url.host}${url.port === 80 ? '' : `:${url.port}`} (${ip}:${url.port})\n`);
    else
      yield* this.say(
        isAddress ? `Connecting to ${ip}:${url.port}... ` : `${ip}\nConnecting to ${url.host} (${url.host})|${ip}|:${url.port}... `,
      );
    const body = options.value('post-data');
    const headers: Record<string, string> = {
      host: url.port === 80 ? url.host : `${url.host}:${url.port}`,
      'user-agent': options.value('U') ?? (busybox ? 'Wget' : 'Wget/1.25.0'),
    };
    for (const line of options.values('header'))
      headers[line.slice(0, line.indexOf(':')).trim().toLowerCase()] = line.slice(line.indexOf(':') + 1).trim();
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const request: HttpRequest = {
      method: body === undefined ? 'GET' : 'POST',
      path: url.path,
      query: url.query,
      headers,
      ...(body === undefined ? {} : { body }),
    };
    let response: HttpResponse;
    try {
      response = yield* system.fabric.request(system.network, ip, url.port, request, this.timeoutMs);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      throw this.unreachable(error, ip);
    }
    if (!busybox) yield* this.say(`connected.\nHTTP request sent, awaiting response... ${response.status} ${reasonOf(response.status)}\n`);
    if (options.has('S'))
      yield* context.stderr.write(
        `  HTTP/1.1 ${response.status} ${reasonOf(response.status)}\n${headerLines(response)
          .map((line) => `  ${line}\n`)
          .join('')}`,
      );
    return response;
  }

  private unreachable(error: NetError, ip: string): WgetFailure {
    const reason =
      error.code === 'ECONNREFUSED'
        ? 'Connection refused'
        : error.code === 'EHOSTUNREACH'
          ? 'No route to host'
          : error.code === 'ECONNRESET'
            ? 'Connection reset by peer'
            : 'Connection timed out';
    if (this.busybox) {
      if (error.code === 'ETIMEDOUT' && this.options.has('T')) return new WgetFailure(1, 'wget: download timed out\n');
      return new WgetFailure(
        1,
        error.code === 'ECONNRESET'
          ? 'wget: error getting response: Connection reset by peer\n'
          : `wget: can't connect to remote host (${ip}): ${reason}\n`,
      );
    }
    return new WgetFailure(4, this.quiet ? '' : `failed: ${reason}.\n`);
  }

  private refused(response: HttpResponse): never {
    const status = `${response.status} ${reasonOf(response.status)}`;
    if (this.busybox) throw new WgetFailure(1, `wget: server returned error: HTTP/1.1 ${status}\n`);
    throw new WgetFailure(8, this.quiet ? '' : `${formatDate('%Y-%m-%d %H:%M:%S', this.context.kernel.epochMs())} ERROR ${status}.\n`);
  }

  private *save(url: Url, response: HttpResponse): Task<void> {
    const { context, options, busybox } = this;
    if (options.has('spider')) {
      yield* this.say(busybox ? 'remote file exists\n' : 'Remote file exists.\n');
      return;
    }
    const name =
      options.value('O') ??
      `${options.has('P') ? `${options.value('P')}/` : ''}${url.path.slice(url.path.lastIndexOf('/') + 1) || 'index.html'}`;
    const toOutput = name === '-';
    const path = resolvePath(context.cwd, name);
    if (busybox && !toOutput && !options.has('O') && context.system.files.stat(path))
      throw new WgetFailure(1, `wget: can't open '${name}': File exists\n`);
    const writer: Writer = toOutput ? context.stdout : openForWriting(context.system.files, path, false);
    if (busybox) yield* this.say(toOutput ? 'writing to stdout\n' : `saving to '${name}'\n`);
    const startedMs = context.kernel.now;
    let size = 0;
    const reader = new BodyReader(response);
    try {
      for (let chunk = yield* reader.next(); chunk !== undefined; chunk = yield* reader.next()) {
        size += utf8Length(chunk);
        yield* writer.write(chunk);
      }
    } finally {
      reader.cancel();
    }
    if (busybox)
      yield* this.say(
        `${(toOutput ? '-' : name).slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}|${String(size).padStart(6)}  0:00:00 ETA\n${toOutput ? 'written to stdout' : `'${name}' saved`}\n`,
      );
    else {
      const type = response.headers['content-type']?.split(';')[0] ?? 'text/html';
      const seconds = Math.max(0, (context.kernel.now - startedMs) / 1000);
      const shown = toOutput ? 'STDOUT' : name;
      yield* this.say(
        `Length: ${size} [${type}]\nSaving to: '${shown}'\n\n     0K                                                       100%  ${(size / 1024 / Math.max(seconds, 0.001)).toFixed(1)}K=${seconds.toFixed(0)}s\n\n${formatDate('%Y-%m-%d %H:%M:%S', context.kernel.epochMs())} (${(size / 1024 / Math.max(seconds, 0.001)).toFixed(1)} KB/s) - ${toOutput ? 'written to stdout' : `'${shown}' saved`} [${size}/${size}]\n\n`,
      );
    }
  }
}
