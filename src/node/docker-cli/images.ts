import { Options, UsageProblem } from './options.ts';
import { sizeText, table } from './records.ts';
import { formatted } from './format.ts';
import { InvalidReference, parseReference } from '../../images/reference.ts';
import { RuntimeError, missingBytes } from '../runtime/runtime.ts';
import type { Writer } from '../../machine/program.ts';
import type { Task } from '../../sim/wait.ts';
import type { DockerEngine } from '../runtime/docker.ts';
import type { DockerCommand } from './containers.ts';

const SHORT_ID = 12;

/** `docker images`. When an image was built is not known: docker prints N/A for images that do not say it. */
export const images: DockerCommand = function* ({ stdout }, engine, args) {
  const options = new Options('images [OPTIONS] [REPOSITORY[:TAG]]', args, [
    { name: 'all', short: 'a' },
    { name: 'quiet', short: 'q' },
    { name: 'no-trunc' },
    { name: 'digests' },
    { name: 'format', takes: 'value' },
  ]);
  const only = options.operands[0];
  const rows = [...engine.images()]
    .sort((a, b) => b.pulledMs - a.pulledMs)
    .map(({ resolved }) => {
      const { familiarName, id, repoDigest, sizeBytes } = resolved;
      const byDigest = familiarName.includes('@');
      const cut = familiarName.lastIndexOf(':');
      return {
        Repository: byDigest ? familiarName.slice(0, familiarName.indexOf('@')) : familiarName.slice(0, cut),
        Tag: byDigest ? '<none>' : familiarName.slice(cut + 1),
        Digest: repoDigest.slice(repoDigest.indexOf('@') + 1),
        ID: options.has('no-trunc') ? id : id.replace('sha256:', '').slice(0, SHORT_ID),
        CreatedSince: 'N/A',
        Size: sizeText(sizeBytes),
      };
    })
    .filter(({ Repository, Tag }) => only === undefined || only === Repository || only === `${Repository}:${Tag}`);
  const format = options.value('format');
  if (options.has('quiet')) yield* stdout.write(rows.map(({ ID }) => `${ID}\n`).join(''));
  else if (format !== undefined) yield* stdout.write(formatted(format, rows, { ID: 'IMAGE ID', CreatedSince: 'CREATED' }));
  else {
    const digests = options.has('digests');
    const heading = ['REPOSITORY', 'TAG', ...(digests ? ['DIGEST'] : []), 'IMAGE ID', 'CREATED', 'SIZE'];
    yield* stdout.write(
      table([
        heading,
        ...rows.map((row) => [row.Repository, row.Tag, ...(digests ? [row.Digest] : []), row.ID, row.CreatedSince, row.Size]),
      ]),
    );
  }
  return 0;
};

/** `docker pull`. */
export const pull: DockerCommand = function* ({ stdout }, engine, args) {
  const options = new Options('pull [OPTIONS] NAME[:TAG|@DIGEST]', args, [
    { name: 'quiet', short: 'q' },
    { name: 'platform', takes: 'value' },
  ]);
  const [reference] = options.operands;
  if (reference === undefined || options.operands.length > 1) {
    throw new UsageProblem(
      `docker: 'docker pull' requires 1 argument\n\nUsage:  docker pull [OPTIONS] NAME[:TAG|@DIGEST]\n\nSee 'docker pull --help' for more information`,
    );
  }
  const canonical = yield* pullShown(engine, reference, stdout, options.has('quiet'));
  yield* stdout.write(`${canonical}\n`);
  return 0;
};

/** Pulls an image and shows how it goes; the full name of what was pulled. Throws RuntimeError. */
export function* pullShown(engine: DockerEngine, reference: string, output: Writer, quiet: boolean): Task<string> {
  const { registry, repository, familiarName, tag, digest } = referenceOf(reference);
  const shown = tag ?? digest ?? 'latest';
  if (!quiet && !/[:@]/.test(reference.slice(reference.lastIndexOf('/') + 1))) yield* output.write('Using default tag: latest\n');
  const before = engine.findImage(reference);
  const present = new Set([...engine.images()].flatMap(({ resolved }) => resolved.layers.map(({ id }) => id)));
  const resolved = yield* engine.pullImage(reference);
  const canonical = `${registry}/${repository}${digest ? `@${digest}` : `:${shown}`}`;
  if (quiet) return canonical;
  yield* output.write(`${shown}: Pulling from ${repository}\n`);
  for (const layer of resolved.layers) {
    const state = missingBytes([layer], present) > 0 ? 'Pull complete' : 'Already exists';
    if (before?.id !== resolved.id) yield* output.write(`${layer.id.replace('sha256:', '').slice(0, SHORT_ID)}: ${state}\n`);
  }
  yield* output.write(`Digest: ${resolved.repoDigest.slice(resolved.repoDigest.indexOf('@') + 1)}\n`);
  const name = digest ? `${familiarName}@${digest}` : `${familiarName}:${shown}`;
  yield* output.write(`Status: ${before?.id === resolved.id ? 'Image is up to date for' : 'Downloaded newer image for'} ${name}\n`);
  return canonical;
}

/** `docker rmi`. */
export const removeImage: DockerCommand = function* ({ stdout, stderr }, engine, args) {
  const options = new Options('rmi [OPTIONS] IMAGE [IMAGE...]', args, [{ name: 'force', short: 'f' }]);
  if (options.operands.length === 0)
    throw new UsageProblem(
      `docker: 'docker rmi' requires at least 1 argument\n\nUsage:  docker rmi [OPTIONS] IMAGE [IMAGE...]\n\nSee 'docker rmi --help' for more information`,
    );
  let code = 0;
  for (const text of options.operands) {
    const byId = [...engine.images()].find(
      ({ resolved }) => /^[0-9a-f]{4,}$/.test(text) && resolved.id.replace('sha256:', '').startsWith(text),
    )?.resolved;
    const found = byId ?? (referenceOf(text) && engine.findImage(text));
    if (!found) {
      yield* stderr.write(`Error response from daemon: No such image: ${referenceOf(text).familiarName}:${referenceOf(text).tag ?? ''}\n`);
      code = 1;
      continue;
    }
    yield* engine.removeImage(found.familiarName);
    yield* stdout.write(`Untagged: ${found.familiarName}\nUntagged: ${found.repoDigest}\nDeleted: ${found.id}\n`);
  }
  return code;
};

/** Throws RuntimeError for a text that is no reference, as docker prints it. */
export function referenceOf(text: string): ReturnType<typeof parseReference> {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReference) throw new RuntimeError(error.message);
    throw error;
  }
}
