import { CLOSED } from '../../sim/sync.ts';
import type { HttpBody, HttpResponse } from '../../net/http.ts';
import type { Task } from '../../sim/wait.ts';

export interface Url {
  readonly scheme: 'http' | 'https';
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number;
  /** As written, with the query. */
  readonly target: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
}

/** Takes an address of the web apart; http if it names no scheme. A string is what is wrong. */
export function parseUrl(text: string): Url | string {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?([^#]*)/.exec(text);
  if (!match || match[3] === '') return 'no host part in the URL';
  const scheme = (match[1] ?? 'http').toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return `protocol "${scheme}" not supported`;
  const target = match[5]!.startsWith('/') ? match[5]! : `/${match[5]}`;
  const cut = target.indexOf('?');
  return {
    scheme,
    user: match[2],
    host: match[3]!.replace(/^\[|\]$/g, ''),
    port: match[4] ? Number(match[4]) : scheme === 'https' ? 443 : 80,
    target,
    path: decode(cut < 0 ? target : target.slice(0, cut)),
    query: cut < 0 ? [] : parseQuery(target.slice(cut + 1)),
  };
}

export function parseQuery(text: string): (readonly [string, string])[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const cut = pair.indexOf('=');
      return cut < 0
        ? ([decode(pair.replace(/\+/g, ' ')), ''] as const)
        : ([decode(pair.slice(0, cut).replace(/\+/g, ' ')), decode(pair.slice(cut + 1).replace(/\+/g, ' '))] as const);
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address that a `Location` header points to. */
export function redirectTarget(url: Url, location: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return location;
  const authority = `${url.scheme}://${url.host}${url.port === (url.scheme === 'https' ? 443 : 80) ? '' : `:${url.port}`}`;
  if (location.startsWith('/')) return authority + location;
  return `${authority}${url.path.slice(0, url.path.lastIndexOf('/') + 1)}${location}`;
}

/** A body as text: JSON values are written out as the API server would send them. */
export function bodyText(body: HttpBody | undefined): string {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return `${JSON.stringify(body, null, 2)}`;
}

/** The body of a response piece by piece, also of one that goes on. Undefined at the end. */
export class BodyReader {
  private readonly response: HttpResponse;
  private given = false;

  constructor(response: HttpResponse) {
    this.response = response;
  }

  *next(): Task<string | undefined> {
    if (!this.given) {
      this.given = true;
      if (this.response.body !== undefined) return bodyText(this.response.body);
    }
    const { stream } = this.response;
    if (!stream) return undefined;
    const chunk = yield* stream.receive();
    if (chunk === CLOSED) return undefined;
    return typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : `${JSON.stringify(chunk)}\n`;
  }

  cancel(): void {
    this.response.stream?.cancel();
  }
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? '';
}

/** Header names as servers write them: `Content-Type`. */
export function headerLines(response: HttpResponse): string[] {
  return Object.entries(response.headers).flatMap(([name, value]) =>
    value.split('\n').map((each) => `${name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())}: ${each}`),
  );
}
