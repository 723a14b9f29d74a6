import type { IncomingMessage } from 'node:http';
import type { HttpRequest } from '../net/http.ts';

/** Headers as node:http takes them. */
export function nodeHeaders(headers: Readonly<Record<string, string>>): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = { ...headers };
  if (headers.warning?.includes('\n')) result.warning = headers.warning.split('\n');
  return result;
}

/** A request of node:http with its body; undefined when its path is none. */
export function toHttpRequest(message: IncomingMessage, body: Buffer): HttpRequest | undefined {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  let path: string;
  try {
    path = decodeURIComponent(mark < 0 ? url : url.slice(0, mark));
  } catch {
    return undefined;
  }
  const query = mark < 0 ? [] : [...new URLSearchParams(url.slice(mark + 1))];
  return { method: message.method ?? 'GET', path, query, headers, ...(body.length > 0 && { body: body.toString('utf8') }) };
}
