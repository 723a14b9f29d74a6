import type { ClusterDocument } from './document.ts';

/** Files that every machine of a cluster has from the start. */
export function machineFiles(document: ClusterDocument): Record<string, string> {
  const hosts = [...document.masters, ...document.minions].map(({ ip, name }) => `${ip} ${name}`);
  return {
    '/etc/hosts': ['127.0.0.1 localhost', '::1 localhost', ...hosts, ''].join('\n'),
    '/etc/os-release':
      'NAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\nID=debian\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  };
}
