import type { HttpResponse, HttpStream } from '../net/http.ts';
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

export function respondStream(call: Call, stream: HttpStream): HttpResponse {
  return { status: 200, headers: headersOf(call), stream };
}

export function respondText(status: number, text: string): HttpResponse {
  return { status, headers: TEXT_HEADERS, body: text };
}
