import { fileLayer } from '../../machine/memory-files.ts';
import { digestOf } from '../digest.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerProcess, Image } from '../image.ts';

const GREETING = `
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/
`;

/** Says hello and ends; there is nothing else in it. */
export function helloWorldImage(): Image {
  return {
    repository: 'hello-world',
    hasTag: (tag) => /^(latest|linux)$/.test(tag),
    layers: (tag) => [{ id: digestOf(`hello-world ${tag}`), sizeBytes: 10_072 }],
    entrypoint: [],
    cmd: ['/hello'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    workingDir: '/',
    executables: ['/hello'],
    programs: new Map(),
    files: fileLayer({}),
    main,
  };
}

function* main(container: ContainerProcess): Task<number> {
  yield* container.stdout.write(GREETING);
  return 0;
}
