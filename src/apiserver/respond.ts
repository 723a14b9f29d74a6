import type { HttpResponse, HttpStream } from '../net/http.ts';
import type { ApiError } from '../api/status.ts';
import type { Call } from './call.ts';

const JSON_HEADERS = { 'content-type': 'application/json' } as const;
const TEXT_HEADERS = { 'content-type': 'text/plain; charset=utf-8' } as const;

/** `299 - "text"`, with quotes and backslashes escaped (net.WarningHeader). */
function warningHeader(text: string): string {
  return `299 - "${text.replace(/[\\"]/g, '\\$&')}"`;
}

function headersOf(call: Call | undefined): Readonly<Record<string, string>> {
  if (!call || call.warnings.length === 0) return JSON_HEADERS;
  return { ...JSON_HEADERS, warning: call.warnings.map(warningHeader).join('\n') };
}

export function respondAs(call: Call, status: number, body: object, mediaType: string): HttpResponse {
  return { status, headers: { ...headersOf(call), 'content-type': mediaType }, body };
}

export function respond(call: Call | undefined, status: number, body: object): HttpResponse {
  return { status, headers: headersOf(call), body };
}

export function respondError(call: Call, { status }: ApiError): HttpResponse {
  const retryAfter = status.details?.retryAfterSeconds;
  const headers = headersOf(call);
  return {
    status: status.code,
    headers: retryAfter === undefined ? headers : { ...headers, 'retry-after': String(retryAfter) },
    body: status,
  };
}

export function respondStream(call: Call, stream: HttpStream): HttpResponse {
  return { status: 200, headers: headersOf(call), stream };
}

export function respondText(status: number, text: string): HttpResponse {
  return { status, headers: TEXT_HEADERS, body: text };
}
