import { fileLayer } from '../../machine/memory-files.ts';
import { digestOf } from '../digest.ts';
import type { Task } from '../../sim/wait.ts';
import { POLITE, type Image, type Resident } from '../image.ts';

/** The image of every pod's sandbox. */
export const PAUSE_REFERENCE = 'registry.k8s.io/pause:3.10.1';

/** Does nothing until it is told to end. */
export function pauseImage(): Image {
  return {
    repository: 'registry.k8s.io/pause',
    hasTag: (tag) => /^(latest|3\.\d+(\.\d)?|[12]\.0)$/.test(tag),
    layers: (tag) => [{ id: digestOf(`pause ${tag}`), sizeBytes: 319_000 }],
    entrypoint: ['/pause'],
    cmd: [],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    workingDir: '/',
    programs: new Map(),
    files: fileLayer({}),
    main,
  };
}

function* main(): Task<Resident> {
  return POLITE;
}
