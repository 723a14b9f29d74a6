import { describe, expect, it } from 'vitest';
import { InvalidReference, parseReference } from './reference.ts';
import { ImageRegistry, PullError } from './registry.ts';

describe('image references', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', 'nginx', 'latest', undefined],
    ['nginx:1.7.9', 'docker.io', 'library/nginx', 'nginx', '1.7.9', undefined],
    ['docker.io/nginx', 'docker.io', 'library/nginx', 'nginx', 'latest', undefined],
    ['index.docker.io/library/nginx', 'docker.io', 'library/nginx', 'nginx', 'latest', undefined],
    ['luksa/kubia', 'docker.io', 'luksa/kubia', 'luksa/kubia', 'latest', undefined],
    [
      'gcr.io/google_containers/echoserver:1.4',
      'gcr.io',
      'google_containers/echoserver',
      'gcr.io/google_containers/echoserver',
      '1.4',
      undefined,
    ],
    ['localhost:5000/a/b/c:x', 'localhost:5000', 'a/b/c', 'localhost:5000/a/b/c', 'x', undefined],
    [`nginx@sha256:${'a'.repeat(64)}`, 'docker.io', 'library/nginx', 'nginx', undefined, `sha256:${'a'.repeat(64)}`],
  ])('%s is read in its parts', (text, registry, repository, familiarName, tag, digest) => {
    expect(parseReference(text)).toEqual({ registry, repository, familiarName, tag, digest });
  });

  it.each([
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['nginx:', 'invalid reference format'],
    ['nginx:a b', 'invalid reference format'],
    ['', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['nginx@sha256:xyz', 'invalid reference format'],
    ['-x', 'invalid reference format'],
  ])('%j is refused', (text, message) => {
    expect(() => parseReference(text)).toThrow(new InvalidReference(message));
  });
});

describe('the registry', () => {
  const registry = new ImageRegistry(new Map());

  it.each([
    'nginx',
    'nginx:1.7.9',
    'nginx:1.8',
    'nginx:alpine',
    'nginx:1.25-alpine',
    'busybox:1.28',
    'redis:7',
    'luksa/kubia',
    'some/thing:v7',
    'quay.io/a/b',
    'debian:bookworm-slim',
  ])('has %s', (reference) => {
    const resolved = registry.resolve(reference);
    expect(resolved.sizeBytes).toBeGreaterThan(0);
    expect(resolved.repoDigest).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(registry.resolve(reference)).toBe(resolved);
  });

  it.each([
    [
      'apache',
      "Error response from daemon: pull access denied for apache, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    ['nginx:9.9', 'Error response from daemon: manifest for nginx:9.9 not found: manifest unknown: manifest unknown'],
    ['nginx:1.161', 'Error response from daemon: manifest for nginx:1.161 not found: manifest unknown: manifest unknown'],
    ['nginx:1.91', 'Error response from daemon: manifest for nginx:1.91 not found: manifest unknown: manifest unknown'],
    ['luksa/kubia:v9', 'Error response from daemon: manifest for luksa/kubia:v9 not found: manifest unknown: manifest unknown'],
  ])('does not have %s', (reference, message) => {
    expect(() => registry.resolve(reference)).toThrow(new PullError(message));
  });

  it('shares layers between images that have a base in common, and digests between names of one image', () => {
    const layersOf = (reference: string): string[] => registry.resolve(reference).layers.map(({ id }) => id);
    expect(layersOf('luksa/kubia')[0]).toBe(layersOf('luksa/kubia-unhealthy')[0]);
    expect(registry.resolve('nginx').repoDigest).toBe(registry.resolve('nginx:mainline').repoDigest);
    expect(registry.resolve('nginx:1.7.9').repoDigest).not.toBe(registry.resolve('nginx:1.8').repoDigest);
  });
});
