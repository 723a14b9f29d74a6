import { fileLayer } from '../../machine/memory-files.ts';
import { digestOf } from '../digest.ts';
import { BUSYBOX_PROGRAMS, DEBIAN_PROGRAMS, pick } from '../programs.ts';
import { runShell } from './run-shell.ts';
import type { Image } from '../image.ts';
import type { ProgramSet } from '../registry.ts';

interface Distribution {
  readonly repository: string;
  readonly tags: RegExp;
  readonly sizeBytes: number;
  readonly shell: string;
  readonly programs: readonly string[];
  readonly release: string;
}

const DISTRIBUTIONS: readonly Distribution[] = [
  {
    repository: 'alpine',
    tags: /^(latest|edge|3|2\.[67]|3\.([1-9]|1\d|2[0-3])(\.\d+)?|20\d{6})$/,
    sizeBytes: 3_800_000,
    shell: '/bin/sh',
    programs: BUSYBOX_PROGRAMS,
    release: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.0\nPRETTY_NAME="Alpine Linux v3.23"\n',
  },
  {
    repository: 'debian',
    tags: /^(latest|stable|testing|unstable|sid|oldstable|wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|[7-9]|1[0-3])(\.\d+)?(-slim|-backports|-\d{8}(-slim)?)?$/,
    sizeBytes: 49_280_000,
    shell: 'bash',
    programs: DEBIAN_PROGRAMS,
    release: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\nID=debian\n',
  },
  {
    repository: 'ubuntu',
    tags: /^(latest|rolling|devel|precise|trusty|xenial|bionic|focal|jammy|noble|plucky|questing|(1[2468]|2[0-5])\.(04|10))(-\d{8})?$/,
    sizeBytes: 29_720_000,
    shell: '/bin/bash',
    programs: DEBIAN_PROGRAMS,
    release: 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
  },
  {
    repository: 'tutum/dnsutils',
    tags: /^latest$/,
    sizeBytes: 67_400_000,
    shell: '/bin/bash',
    programs: [...DEBIAN_PROGRAMS, 'nslookup'],
    release:
      'NAME="Ubuntu"\nVERSION="14.04.3 LTS, Trusty Tahr"\nID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 14.04.3 LTS"\nVERSION_ID="14.04"\n',
  },
];

/** Images whose process is a shell, and which therefore end at once where nobody types. */
export function shellImages(programs: ProgramSet): Image[] {
  return DISTRIBUTIONS.map(({ repository, tags, sizeBytes, shell, programs: names, release }) => ({
    repository,
    hasTag: (tag) => tags.test(tag),
    layers: (tag) => [{ id: digestOf(`${repository} ${tag}`), sizeBytes }],
    entrypoint: [],
    cmd: [shell],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    workingDir: '/',
    programs: pick(programs, names),
    files: fileLayer({ '/etc/os-release': release }),
    main: (container) => runShell(container, shell.slice(shell.lastIndexOf('/') + 1)),
  }));
}
