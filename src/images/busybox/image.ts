import { fileLayer } from '../../machine/memory-files.ts';
import { digestOf } from '../digest.ts';
import { BUSYBOX_PROGRAMS, pick } from '../programs.ts';
import { runShell } from '../shells/run-shell.ts';
import type { Image } from '../image.ts';
import type { ProgramSet } from '../registry.ts';

const FILES = fileLayer({
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  '/etc/group': 'root:x:0:\ndaemon:x:1:\nnobody:x:65534:\n',
});

/** busybox: a shell that ends at once when nobody is at its standard input. */
export function busyboxImage(programs: ProgramSet): Image {
  return {
    repository: 'busybox',
    hasTag: (tag) =>
      /^(latest|stable|unstable|glibc|musl|uclibc|1|1\.(1[7-9]|2\d|3[0-7])(\.\d+)?)(-(glibc|musl|uclibc|ubuntu|ubuntu-12\.04|ubuntu-14\.04))?$/.test(
        tag,
      ),
    layers: (tag) => [{ id: digestOf(`busybox ${tag}`), sizeBytes: 2_220_000 }],
    entrypoint: [],
    cmd: ['sh'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    workingDir: '/',
    programs: pick(programs, BUSYBOX_PROGRAMS),
    files: FILES,
    main: (container) => runShell(container, 'sh'),
  };
}
