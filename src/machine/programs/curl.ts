import { NetError } from '../../net/fabric.ts';
import type { HttpRequest, HttpResponse } from '../../net/http.ts';
import { withTimeout, type Task } from '../../sim/wait.ts';
import { FileError, resolvePath } from '../files.ts';
import { utf8Length } from '../memory-files.ts';
import { resolveHost } from '../resolve.ts';
import { openForWriting } from '../streams.ts';
import { encodeBase64 } from './base64.ts';
import { BodyReader, headerLines, parseUrl, reasonOf, redirectTarget, type Url } from './http-client.ts';
import { parseOptions, type CommandSpec, type Parsed } from './options.ts';
import type { Program, ProgramContext, Writer } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'curl [options...] <url>',
  about: 'Transfer a URL.',
  wrongUsage: 2,
  options: [
    ['-A, --user-agent <name>', 'Send User-Agent <name> to server'],
    ['-b, --cookie <data>', 'Send cookies from string/file'],
    ['--cacert <file>', 'CA certificate to verify peer against'],
    ['--cert <certificate>', 'Client certificate file'],
    ['--compressed', 'Request compressed response'],
    ['--connect-timeout <seconds>', 'Maximum time allowed to connect'],
    ['-d, --data <data>, --data-ascii <data>', 'HTTP POST data'],
    ['--data-binary <data>', 'HTTP POST binary data'],
    ['--data-raw <data>', "HTTP POST data, '@' allowed"],
    ['--data-urlencode <data>', 'HTTP POST data URL encoded'],
    ['-f, --fail', 'Fail fast with no output on HTTP errors'],
    ['-G, --get', 'Put the post data in the URL and use GET'],
    ['-H, --header <header>', 'Pass custom header(s) to server'],
    ['-I, --head', 'Show document info only'],
    ['-i, --include, --show-headers', 'Include response headers in the output'],
    ['-k, --insecure', 'Allow insecure server connections'],
    ['--key <key>', 'Private key file name'],
    ['-L, --location', 'Follow redirects'],
    ['-m, --max-time <seconds>', 'Maximum time allowed for transfer'],
    ['-N, --no-buffer', 'Disable buffering of the output stream'],
    ['-o, --output <file>', 'Write to file instead of stdout'],
    ['-O, --remote-name', 'Write output to file named as remote file'],
    ['-#, --progress-bar', 'Display transfer progress as a bar'],
    ['-X, --request <method>', 'Specify request method to use'],
    ['--resolve <host:port:addr>', 'Resolve host+port to address'],
    ['--retry <num>', 'Retry request if transient problems occur'],
    ['-s, --silent', 'Silent mode'],
    ['-S, --show-error', 'Show error even when -s is used'],
    ['-u, --user <user:password>', 'Server user and password'],
    ['-v, --verbose', 'Make the operation more talkative'],
    ['-V, --version', 'Show version number and quit'],
    ['-w, --write-out <format>', 'Output FORMAT after completion'],
  ],
};

const VERSION = '8.14.1';

/** An end with curl's own exit code. */
class CurlFailure {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** curl, for http and https inside the cluster's network. */
export const curl: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.has('V')) {
    yield* context.stdout.write(`curl ${VERSION} (x86_64-pc-linux-gnu) libcurl/${VERSION}\nProtocols: http https\n`);
    return 0;
  }
  if (options.operands.length === 0) {
    yield* context.stderr.write("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  let code = 0;
  for (const address of options.operands) {
    try {
      code = yield* fetch(context, options, address);
    } catch (failure) {
      if (!(failure instanceof CurlFailure)) throw failure;
      code = failure.code;
      if (!options.has('s') || options.has('S')) yield* context.stderr.write(`curl: (${failure.code}) ${failure.message}\n`);
    }
  }
  return code;
};

interface Transfer {
  readonly context: ProgramContext;
  readonly options: Parsed;
  readonly startedMs: number;
  /** When the whole must be done. */
  readonly limitMs: number;
}

const MOST_REDIRECTS = 50;

function* fetch(context: ProgramContext, options: Parsed, address: string): Task<number> {
  const startedMs = context.kernel.now;
  const limitMs = options.has('m') ? startedMs + Number(options.value('m')) * 1000 : Infinity;
  const transfer: Transfer = { context, options, startedMs, limitMs };
  let url = urlOf(address);
  let method = methodOf(options);
  let body = options.has('G') ? undefined : yield* requestBody(context, options);
  if (options.has('G')) url = urlOf(`${address}${address.includes('?') ? '&' : '?'}${(yield* requestBody(context, options)) ?? ''}`);
  for (let redirects = 0; ; redirects++) {
    const response = yield* send(transfer, url, method, body);
    const location = response.headers.location;
    if (options.has('L') && location !== undefined && response.status >= 300 && response.status < 400) {
      if (redirects >= MOST_REDIRECTS) throw new CurlFailure(47, `Maximum (${MOST_REDIRECTS}) redirects followed`);
      if (options.has('i') || options.has('I')) yield* context.stdout.write(headText(response));
      url = urlOf(redirectTarget(url, location));
      if (response.status === 303 || (response.status < 303 && method === 'POST')) {
        method = 'GET';
        body = undefined;
      }
      continue;
    }
    return yield* receive(transfer, url, response);
  }
}

function urlOf(address: string): Url {
  const url = parseUrl(address);
  if (typeof url === 'string')
    throw new CurlFailure(
      url.startsWith('protocol') ? 1 : 3,
      url.startsWith('protocol') ? `Protocol ${url.slice(9)}` : `URL rejected: ${url[0]!.toUpperCase()}${url.slice(1)}`,
    );
  return url;
}

function methodOf(options: Parsed): string {
  if (options.has('X')) return options.value('X')!;
  if (options.has('I')) return 'HEAD';
  return !options.has('G') && options.given.some(([key]) => key === 'd' || key.startsWith('data')) ? 'POST' : 'GET';
}

function* requestBody(context: ProgramContext, options: Parsed): Task<string | undefined> {
  const parts: string[] = [];
  for (const [key, value] of options.given) {
    if (key === 'data-raw') parts.push(value);
    else if (key === 'data-urlencode') {
      const cut = value.indexOf('=');
      parts.push(
        cut > 0 ? `${value.slice(0, cut)}=${encodeURIComponent(value.slice(cut + 1))}` : encodeURIComponent(value.replace(/^=/, '')),
      );
    } else if (key === 'd' || key === 'data-binary') {
      if (!value.startsWith('@')) parts.push(value);
      else {
        const text = yield* readData(context, value.slice(1));
        parts.push(key === 'd' ? text.replace(/[\r\n]/g, '') : text);
      }
    }
  }
  return parts.length > 0 ? parts.join('&') : undefined;
}

function* readData(context: ProgramContext, name: string): Task<string> {
  if (name === '-') return yield* context.stdin.readAll();
  try {
    return context.system.files.read(resolvePath(context.cwd, name));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new CurlFailure(26, `Failed to open ${name}`);
  }
}

function* send(transfer: Transfer, url: Url, method: string, body: string | undefined): Task<HttpResponse> {
  const { context, options } = transfer;
  const { system, kernel } = context;
  const ip = yield* addressOf(transfer, url);
  const verbose = options.has('v');
  if (verbose) yield* context.stderr.write(`*   Trying ${ip}:${url.port}...\n`);
  const headers = requestHeaders(options, url, body);
  const request: HttpRequest = {
    method,
    path: url.path,
    query: url.query,
    headers,
    ...(body === undefined ? {} : { body: parseJson(body, headers['content-type']) }),
  };
  const connectMs = options.has('connect-timeout') ? Number(options.value('connect-timeout')) * 1000 : 133_000;
  const timeoutMs = Math.max(0, Math.min(connectMs, transfer.limitMs - kernel.now));
  let response: HttpResponse;
  try {
    response = yield* system.fabric.request(system.network, ip, url.port, request, timeoutMs);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw connectionFailure(transfer, url, error);
  }
  if (verbose) {
    yield* context.stderr.write(`* Connected to ${url.host} (${ip}) port ${url.port}\n`);
    if (url.scheme === 'https') yield* context.stderr.write(tlsReport(response, url));
    const lines = Object.entries(headers).map(([name, value]) => `> ${name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())}: ${value}\n`);
    yield* context.stderr.write(
      `> ${method} ${url.target} HTTP/1.1\n${lines.join('')}>\n${headText(response).replace(/\r/g, '').replace(/^/gm, '< ').replace(/< $/, '')}`,
    );
  }
  return response;
}

function* addressOf(transfer: Transfer, url: Url): Task<string> {
  for (const given of transfer.options.values('resolve')) {
    const [host, port, ip] = given.replace(/^\+/, '').split(':');
    if (host === url.host && port === String(url.port) && ip !== undefined) return ip;
  }
  const ip = yield* resolveHost(transfer.context.system, url.host);
  if (ip === undefined) throw new CurlFailure(6, `Could not resolve host: ${url.host}`);
  return ip;
}

function requestHeaders(options: Parsed, url: Url, body: string | undefined): Record<string, string> {
  const usual = url.scheme === 'https' ? 443 : 80;
  const headers: Record<string, string> = {
    host: url.port === usual ? url.host : `${url.host}:${url.port}`,
    'user-agent': options.value('A') ?? `curl/${VERSION}`,
    accept: '*/*',
  };
  const user = options.value('u') ?? url.user;
  if (user !== undefined) headers.authorization = `Basic ${encodeBase64(user)}`;
  if (options.has('b')) headers.cookie = options.value('b')!;
  if (body !== undefined) {
    headers['content-length'] = String(utf8Length(body));
    headers['content-type'] = 'application/x-www-form-urlencoded';
  }
  for (const line of options.values('H')) {
    const cut = line.indexOf(':');
    if (cut < 0) continue;
    const name = line.slice(0, cut).trim().toLowerCase();
    const value = line.slice(cut + 1).trim();
    if (value === '') delete headers[name];
    else headers[name] = value;
  }
  return headers;
}

/** Inside the simulation JSON travels as a value. */
function parseJson(body: string, contentType: string | undefined): HttpRequest['body'] {
  if (!contentType?.includes('json')) return body;
  try {
    return JSON.parse(body) as object;
  } catch {
    return body;
  }
}

function connectionFailure(transfer: Transfer, url: Url, error: NetError): CurlFailure {
  const elapsedMs = Math.round(transfer.context.kernel.now - transfer.startedMs);
  switch (error.code) {
    case 'ECONNREFUSED':
      return new CurlFailure(7, `Failed to connect to ${url.host} port ${url.port} after ${elapsedMs} ms: Could not connect to server`);
    case 'EHOSTUNREACH':
      return new CurlFailure(7, `Failed to connect to ${url.host} port ${url.port} after ${elapsedMs} ms: No route to host`);
    case 'ECONNRESET':
      return new CurlFailure(56, 'Recv failure: Connection reset by peer');
    default:
      if (transfer.context.kernel.now >= transfer.limitMs)
        return new CurlFailure(28, `Connection timed out after ${elapsedMs} milliseconds`);
      return new CurlFailure(28, `Failed to connect to ${url.host} port ${url.port} after ${elapsedMs} ms: Timeout was reached`);
  }
}

/** The certificate's subject as the server tells it in `x-certificate-subject`, a header that only the simulation sends. */
function tlsReport(response: HttpResponse, url: Url): string {
  const subject = response.headers['x-certificate-subject'] ?? `CN=${url.host}`;
  return `* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n* Server certificate:\n*  subject: ${subject}\n`;
}

function headText(response: HttpResponse): string {
  const lines = headerLines(response).filter((line) => !/^x-certificate-/i.test(line));
  return `HTTP/1.1 ${response.status} ${reasonOf(response.status)}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

function* receive(transfer: Transfer, url: Url, response: HttpResponse): Task<number> {
  const { context, options, startedMs } = transfer;
  const { kernel } = context;
  if (options.has('f') && response.status >= 400) throw new CurlFailure(22, `The requested URL returned error: ${response.status}`);
  const output = options.has('O') ? url.path.slice(url.path.lastIndexOf('/') + 1) : options.value('o');
  const toFile = output !== undefined && output !== '-';
  if (toFile && output === '') throw new CurlFailure(23, 'Remote file name has no length');
  const writer: Writer = toFile ? openForWriting(context.system.files, resolvePath(context.cwd, output), false) : context.stdout;
  const meter = !options.has('s') && !options.has('#') && (toFile || !context.stdout.isTerminal);
  if (options.has('i') || options.has('I')) yield* writer.write(headText(response));
  let size = 0;
  const reader = new BodyReader(response);
  try {
    for (;;) {
      const chunk = yield* nextChunk(transfer, reader, size);
      if (chunk === undefined) break;
      size += utf8Length(chunk);
      if (!options.has('I')) yield* writer.write(chunk);
    }
  } finally {
    reader.cancel();
  }
  if (meter) yield* context.stderr.write(progress(size, kernel.now - startedMs));
  if (options.has('w')) yield* context.stdout.write(writeOut(options.value('w')!, response, url, size, (kernel.now - startedMs) / 1000));
  return 0;
}

function* nextChunk(transfer: Transfer, reader: BodyReader, received: number): Task<string | undefined> {
  const { context, limitMs, startedMs } = transfer;
  if (limitMs === Infinity) return yield* reader.next();
  const reading = context.group.spawn('receive', reader.next());
  const outcome = yield* withTimeout<string | undefined>(Math.max(0, limitMs - context.kernel.now), reading.completion());
  if (!outcome.timedOut) return outcome.value;
  reading.kill();
  throw new CurlFailure(
    28,
    `Operation timed out after ${Math.round(context.kernel.now - startedMs)} milliseconds with ${received} bytes received`,
  );
}

function progress(size: number, elapsedMs: number): string {
  const amount = String(size).padStart(5);
  const speed = elapsedMs > 0 ? Math.round((size * 1000) / elapsedMs) : size;
  const shown = (
    speed < 100_000 ? String(speed) : speed < 10_000_000 ? `${Math.floor(speed / 1024)}k` : `${Math.floor(speed / 1_048_576)}M`
  ).padStart(6);
  return (
    '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
    '                                 Dload  Upload   Total   Spent    Left  Speed\n' +
    `\r100 ${amount}  100 ${amount}    0     0 ${shown}      0 --:--:-- --:--:-- --:--:-- ${shown}\n`
  );
}

function writeOut(format: string, response: HttpResponse, url: Url, size: number, seconds: number): string {
  const values: Record<string, string> = {
    http_code: String(response.status).padStart(3, '0'),
    response_code: String(response.status).padStart(3, '0'),
    size_download: String(size),
    content_type: response.headers['content-type'] ?? '',
    time_total: seconds.toFixed(6),
    time_connect: (seconds / 2).toFixed(6),
    url_effective: `${url.scheme}://${url.host}${url.target}`,
    remote_port: String(url.port),
  };
  return format
    .replace(/%\{([a-z_]+)\}/g, (_, name: string) => values[name] ?? '')
    .replace(/%%/g, '%')
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\r/g, '\r');
}
