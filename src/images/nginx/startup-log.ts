import { rfc3339 } from '../../base/time.ts';

const ENTRYPOINT = `/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up`;

const NOTICES = [
  'using the "epoll" event method',
  'built by gcc 14.2.0 (Debian 14.2.0-19) ',
  'OS: Linux 6.12.57',
  'getrlimit(RLIMIT_NOFILE): 1048576:1048576',
  'start worker processes',
  'start worker process 29',
  'start worker process 30',
];

let latest = { key: '', text: '' };

/**
 * What the image says when it starts, at an instant, with or without its entry point. The text of one
 * second is made once and shared by its containers.
 */
export function startupLog(epochMs: number, version: string, withEntrypoint: boolean): string {
  const stamp = nginxTime(epochMs);
  const key = `${stamp} ${version} ${withEntrypoint}`;
  if (latest.key !== key) {
    const [method, ...rest] = NOTICES;
    const notices = [method, `nginx/${version}`, ...rest].map((notice) => `${stamp} [notice] 1#1: ${notice}`);
    latest = { key, text: [...(withEntrypoint ? [ENTRYPOINT] : []), ...notices].join('\n') };
  }
  return latest.text;
}

/** `2026/01/31 12:00:00`. */
export function nginxTime(epochMs: number): string {
  return rfc3339(epochMs).slice(0, 19).replace(/-/g, '/').replace('T', ' ');
}
