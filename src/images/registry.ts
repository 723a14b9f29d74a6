import { digestOf } from './digest.ts';
import { OFFICIAL_IMAGES } from './official.ts';
import { parseReference, type ImageReference } from './reference.ts';
import { busyboxImage } from './busybox/image.ts';
import { helloWorldImage } from './hello-world/image.ts';
import { kubiaImage, unhealthyKubiaImage } from './kubia/image.ts';
import { nginxImage } from './nginx/image.ts';
import { pauseImage } from './pause/image.ts';
import { plainImage } from './plain/image.ts';
import { shellImages } from './shells/image.ts';
import type { Program } from '../machine/program.ts';
import type { Image, ResolvedImage } from './image.ts';

/** Programs that images pick from, by name: what the machine's shell offers. */
export type ProgramSet = ReadonlyMap<string, Program>;

/** A registry's refusal; the message is what the docker daemon answers. */
export class PullError extends Error {
  override name = 'PullError';
}

/**
 * All the registries of the world. Images that this program knows behave as themselves; official
 * names that Docker Hub does not have are refused; any other name is taken to exist and runs a plain
 * long-lived process.
 */
export class ImageRegistry {
  private readonly known = new Map<string, Image>();
  private readonly plain = new Map<string, Image>();
  private readonly resolved = new Map<string, ResolvedImage>();
  private readonly programs: ProgramSet;

  constructor(programs: ProgramSet) {
    this.programs = programs;
    const images = [
      nginxImage(programs),
      busyboxImage(programs),
      kubiaImage(programs),
      unhealthyKubiaImage(programs),
      pauseImage(),
      helloWorldImage(),
      ...shellImages(programs),
    ];
    for (const image of images) this.add(image);
  }

  /** Makes an image known under its repository. */
  add(image: Image): void {
    this.known.set(image.repository, image);
    this.resolved.clear();
  }

  /** What a reference stands for. Throws {@link PullError}, or InvalidReference for a text that is none. */
  resolve(reference: string): ResolvedImage {
    let found = this.resolved.get(reference);
    if (!found) this.resolved.set(reference, (found = this.lookUp(parseReference(reference))));
    return found;
  }

  private lookUp(reference: ImageReference): ResolvedImage {
    const { familiarName, tag, digest } = reference;
    const known = this.known.get(familiarName) ?? this.plainImage(reference);
    const image = (tag !== undefined && known?.at?.(tag)) || known;
    if (!image) {
      throw new PullError(
        `Error response from daemon: pull access denied for ${familiarName}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
      );
    }
    if (tag !== undefined && digest === undefined && !image.hasTag(tag)) {
      throw new PullError(`Error response from daemon: manifest for ${familiarName}:${tag} not found: manifest unknown: manifest unknown`);
    }
    const layers = image.layers(tag ?? 'latest');
    const content = layers.map((layer) => layer.id).join(' ');
    return {
      image,
      familiarName: digest === undefined ? `${familiarName}:${tag}` : `${familiarName}@${digest}`,
      repoDigest: `${familiarName}@${digest ?? digestOf(`manifest ${familiarName} ${content}`)}`,
      id: digestOf(`config ${familiarName} ${digest ?? ''} ${content}`),
      layers,
      sizeBytes: layers.reduce((sum, layer) => sum + layer.sizeBytes, 0),
    };
  }

  private plainImage({ registry, repository, familiarName }: ImageReference): Image | undefined {
    if (registry === 'docker.io' && repository.startsWith('library/') && !OFFICIAL_IMAGES.has(familiarName)) return undefined;
    let image = this.plain.get(familiarName);
    if (!image) this.plain.set(familiarName, (image = plainImage(familiarName, this.programs)));
    return image;
  }
}
