/** An image reference in its parts, normalized as docker does (distribution/reference). */
export interface ImageReference {
  /** `docker.io`, `registry.k8s.io`, `localhost:5000`. */
  readonly registry: string;
  /** Within the registry: `library/nginx`, `luksa/kubia`. */
  readonly repository: string;
  /** As people write it: `nginx`, `luksa/kubia`, `registry.k8s.io/pause`. */
  readonly familiarName: string;
  /** `latest` where neither tag nor digest is given; undefined beside a digest. */
  readonly tag: string | undefined;
  /** `sha256:...`. */
  readonly digest: string | undefined;
}

/** A text that is no image reference. The message is distribution/reference's. */
export class InvalidReference extends Error {
  override name = 'InvalidReference';
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const DOMAIN =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const LONGEST_NAME = 255;

/** `nginx` → docker.io, library/nginx, latest. Throws {@link InvalidReference}. */
export function parseReference(text: string): ImageReference {
  const invalid = (why?: string) => new InvalidReference(why ? `invalid reference format: ${why}` : 'invalid reference format');
  if (/^[a-f0-9]{64}$/.test(text)) {
    throw new InvalidReference(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  let rest = text;
  let digest: string | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    digest = rest.slice(at + 1);
    rest = rest.slice(0, at);
    if (!DIGEST.test(digest)) throw invalid();
  }
  let tag: string | undefined;
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  if (colon >= 0) {
    tag = rest.slice(colon + 1);
    rest = rest.slice(0, colon);
    if (!TAG.test(tag)) throw invalid();
  }
  const slash = rest.indexOf('/');
  const first = slash < 0 ? '' : rest.slice(0, slash);
  const hasRegistry = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const named = hasRegistry ? first : 'docker.io';
  const registry = named === 'index.docker.io' ? 'docker.io' : named;
  let repository = hasRegistry ? rest.slice(slash + 1) : rest;
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`;
  if (repository.toLowerCase() !== repository) throw invalid(`repository name (${repository}) must be lowercase`);
  if (!DOMAIN.test(registry) || !repository.split('/').every((part) => COMPONENT.test(part))) throw invalid();
  if (registry.length + 1 + repository.length > LONGEST_NAME)
    throw new InvalidReference(`repository name must not be more than ${LONGEST_NAME} characters`);
  if (tag === undefined && digest === undefined) tag = 'latest';
  const local = repository.startsWith('library/') ? repository.slice('library/'.length) : repository;
  return { registry, repository, familiarName: registry === 'docker.io' ? local : `${registry}/${repository}`, tag, digest };
}
