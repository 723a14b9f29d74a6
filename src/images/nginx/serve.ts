import { rfc3339 } from '../../base/time.ts';
import { FileError } from '../../machine/files.ts';
import { statusPage } from './pages.ts';
import { nginxTime } from './startup-log.ts';
import type { NetHost } from '../../net/fabric.ts';
import type { HttpRequest, HttpResponse } from '../../net/http.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerProcess } from '../image.ts';

const ROOT = '/usr/share/nginx/html';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const STATUS_TEXTS: Readonly<Record<number, string>> = { 403: '403 Forbidden', 404: '404 Not Found', 405: '405 Not Allowed' };
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
};

/** Answers a file below the document root and writes the access log, as the image's default configuration does. */
export function* serveFiles(
  container: ContainerProcess,
  version: string,
  request: HttpRequest,
  from: NetHost | undefined,
): Task<HttpResponse> {
  const { files, kernel } = container.system;
  const client = from?.ip ?? '127.0.0.1';
  let path = ROOT + request.path;
  let status = 200;
  let body = '';
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') status = 405;
    else if (request.path.endsWith('/')) {
      path += 'index.html';
      if (files.stat(path)) body = files.read(path);
      else status = files.stat(ROOT + request.path) ? 403 : 404;
    } else body = files.read(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    status = error.code === 'EACCES' || error.code === 'EISDIR' ? 403 : 404;
  }
  const stamp = kernel.epochMs();
  if (status === 404) {
    container.log(
      `${nginxTime(stamp)} [error] 29#29: *1 open() "${path}" failed (2: No such file or directory), client: ${client}, server: localhost, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.headers['host'] ?? container.system.network.ip}"`,
      'stderr',
    );
  }
  const html = status >= 400;
  if (html) body = statusPage(STATUS_TEXTS[status]!, version);
  container.log(
    `${client} - - [${accessTime(stamp)}] "${request.method} ${request.path} HTTP/1.1" ${status} ${body.length} "-" "${request.headers['user-agent'] ?? '-'}" "-"`,
  );
  const type = html ? 'text/html' : (CONTENT_TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
  return {
    status,
    headers: { server: `nginx/${version}`, 'content-type': type, 'content-length': String(body.length) },
    body: request.method === 'HEAD' ? '' : body,
  };
}

/** `06/Oct/2026:10:45:52 +0000`. */
function accessTime(epochMs: number): string {
  const text = rfc3339(epochMs);
  return `${text.slice(8, 10)}/${MONTHS[Number(text.slice(5, 7)) - 1]}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
}
