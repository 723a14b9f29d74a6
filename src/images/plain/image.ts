import { fnv1a32 } from '../../base/hash.ts';
import { fileLayer } from '../../machine/memory-files.ts';
import { digestOf } from '../digest.ts';
import { DEBIAN_PROGRAMS, pick } from '../programs.ts';
import type { Task } from '../../sim/wait.ts';
import type { Image, Resident } from '../image.ts';
import type { ProgramSet } from '../registry.ts';

const DEBIAN_LAYER = { id: digestOf('debian bookworm-slim'), sizeBytes: 28_230_000 };
const FILES = fileLayer({
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
});

/** An image that nothing is known about: a Debian with some program on top that runs until it is told to end. */
export function plainImage(repository: string, programs: ProgramSet): Image {
  return {
    repository,
    hasTag: () => true,
    layers: (tag) => {
      const id = digestOf(`${repository}:${tag}`);
      return [DEBIAN_LAYER, { id, sizeBytes: 8_000_000 + (fnv1a32(id) % 40_000_000) }];
    },
    entrypoint: [],
    cmd: [`/${repository.slice(repository.lastIndexOf('/') + 1)}`],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    workingDir: '/',
    unknownContents: true,
    programs: pick(programs, DEBIAN_PROGRAMS),
    files: FILES,
    main,
  };
}

const TERMINATED: Resident = { exitCodeOnTermination: 143 };

function* main(): Task<Resident> {
  return TERMINATED;
}
