import { fileLayer } from '../../machine/memory-files.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { digestOf } from '../digest.ts';
import { DEBIAN_PROGRAMS, pick } from '../programs.ts';
import { serveFiles } from './serve.ts';
import { startupLog } from './startup-log.ts';
import { ERROR_PAGE, WELCOME_PAGE } from './pages.ts';
import { POLITE, type ContainerProcess, type Image, type Resident } from '../image.ts';
import { asProgram, runProgram } from '../run.ts';
import type { Program } from '../../machine/program.ts';
import type { ProgramSet } from '../registry.ts';

const ENTRYPOINT = '/docker-entrypoint.sh';
const PORT = 80;
const STARTUP_MS = 40;

/** Minor versions of nginx 1.x on Docker Hub with their last patch release; from 1.7 on. */
const LAST_PATCHES: Readonly<Record<number, number>> = {
  7: 12,
  8: 1,
  9: 15,
  10: 3,
  11: 13,
  12: 2,
  13: 12,
  14: 2,
  15: 12,
  16: 1,
  17: 10,
  18: 0,
  19: 10,
  20: 2,
  21: 6,
  22: 1,
  23: 4,
  24: 0,
  25: 5,
  26: 3,
  27: 5,
  28: 1,
  29: 4,
};
const CURRENT_MINOR = 29;

const FILES = fileLayer({
  '/usr/share/nginx/html/index.html': WELCOME_PAGE,
  '/usr/share/nginx/html/50x.html': ERROR_PAGE,
  '/etc/os-release':
    'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\nVERSION_CODENAME=trixie\nID=debian\n',
  '/etc/nginx/nginx.conf':
    'user  nginx;\nworker_processes  auto;\n\nerror_log  /var/log/nginx/error.log notice;\npid        /run/nginx.pid;\n\nevents {\n    worker_connections  1024;\n}\n\nhttp {\n    include       /etc/nginx/mime.types;\n    default_type  application/octet-stream;\n    sendfile        on;\n    keepalive_timeout  65;\n    include /etc/nginx/conf.d/*.conf;\n}\n',
  '/etc/nginx/conf.d/default.conf':
    'server {\n    listen       80;\n    listen  [::]:80;\n    server_name  localhost;\n\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n\n    error_page   500 502 503 504  /50x.html;\n    location = /50x.html {\n        root   /usr/share/nginx/html;\n    }\n}\n',
  '/docker-entrypoint.sh': '#!/bin/sh\nexec "$@"\n',
  '/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh': '#!/bin/sh\n',
  '/docker-entrypoint.d/15-local-resolvers.envsh': '#!/bin/sh\n',
  '/docker-entrypoint.d/20-envsubst-on-templates.sh': '#!/bin/sh\n',
  '/docker-entrypoint.d/30-tune-worker-processes.sh': '#!/bin/sh\n',
});

/** From this minor version on the image has an entry point that tells what it does. */
const FIRST_MINOR_WITH_ENTRYPOINT = 19;

/** The official web server. */
export function nginxImage(programs: ProgramSet): Image {
  const inside = pick(programs, [...DEBIAN_PROGRAMS, 'curl', 'openssl']);
  const variants = new Map<string, Image>();
  const at = (tag: string): Image => {
    const [minor = CURRENT_MINOR, patch] = (/^1\.(\d+)(?:\.(\d+))?/.exec(tag)?.slice(1) ?? []).map((part) =>
      part ? Number(part) : undefined,
    );
    const version = `1.${minor}.${patch ?? LAST_PATCHES[minor]}`;
    let variant = variants.get(version);
    if (!variant) variants.set(version, (variant = nginx(version, minor >= FIRST_MINOR_WITH_ENTRYPOINT, inside)));
    return variant;
  };
  return { ...at('latest'), at };
}

function nginx(version: string, hasEntrypoint: boolean, inside: ReadonlyMap<string, Program>): Image {
  const main = (container: ContainerProcess): Task<number | Resident> => run(container, version, hasEntrypoint);
  return {
    repository: 'nginx',
    hasTag,
    layers,
    entrypoint: hasEntrypoint ? [ENTRYPOINT] : [],
    cmd: ['nginx', '-g', 'daemon off;'],
    executables: ['nginx', '/usr/sbin/nginx', ENTRYPOINT],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', NGINX_VERSION: version },
    workingDir: '/',
    programs: new Map([...inside, ['nginx', asProgram(main)]]),
    files: FILES,
    main,
  };
}

function* run(container: ContainerProcess, version: string, hasEntrypoint: boolean): Task<number | Resident> {
  const { system, command } = container;
  const called = command[0] === ENTRYPOINT ? command.slice(1) : command;
  if (called[0] !== undefined && !/(^|\/)nginx$/.test(called[0])) return yield* runOther(container, called);
  if (called.includes('-v') || called.includes('-V')) {
    container.log(`nginx version: nginx/${version}`, 'stderr');
    return 0;
  }
  yield* sleep(STARTUP_MS);
  if (hasEntrypoint) container.log(startupLog(system.kernel.epochMs(), version, command[0] === ENTRYPOINT));
  system.fabric.listen(system.network, PORT, container.group, (request, from) => serveFiles(container, version, request, from));
  return POLITE;
}

/** The entry point runs whatever it is given. */
function* runOther(container: ContainerProcess, command: readonly string[]): Task<number> {
  const other = runProgram(container, command, '/');
  if (other) return yield* other;
  container.log(`${ENTRYPOINT}: exec: line 47: ${command[0]}: not found`, 'stderr');
  return 127;
}

function hasTag(tag: string): boolean {
  const match =
    /^(?:latest|stable|mainline|1|1\.(\d+)(?:\.(\d+))?)?(?:-?(?:alpine|perl|otel|slim|bookworm|trixie|bullseye|buster)(?:\d\.\d+)?)*$/.exec(
      tag,
    );
  if (!match || tag === '') return false;
  if (match[1] === undefined) return true;
  const lastPatch = LAST_PATCHES[Number(match[1])];
  return lastPatch !== undefined && (match[2] === undefined || Number(match[2]) <= lastPatch);
}

function layers(tag: string): { id: string; sizeBytes: number }[] {
  const minor = /^1\.(\d+)/.exec(tag)?.[1];
  if (tag.includes('alpine')) {
    return [
      { id: digestOf('nginx alpine base'), sizeBytes: 3_800_000 },
      { id: digestOf(`nginx ${tag}`), sizeBytes: 18_700_000 },
    ];
  }
  const base = minor === undefined ? CURRENT_MINOR : Number(minor);
  const sizeBytes = base < 10 ? 8_900_000 : 42_200_000;
  return [
    { id: digestOf(`nginx base ${base >> 2}`), sizeBytes: base < 10 ? 30_200_000 : 29_780_000 },
    { id: digestOf(`nginx ${/^(latest|mainline|1)$/.test(tag) ? `1.${CURRENT_MINOR}` : tag}`), sizeBytes },
  ];
}
