import { command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { hasFiles, requestOf } from '../../resource.ts';
import { isSelected, podSpecOf, refuseUnknownContainers, SET_FLAGS, setAll, setOptions, withPodSpec, type SetOptions } from './pod-spec.ts';
import type { Container } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../../api/object.ts';
import type { Info } from '../../resource.ts';

interface ImageOptions extends SetOptions {
  /** Image by container. */
  readonly images: ReadonlyMap<string, string>;
}

export const setImage = command<ImageOptions>({
  name: 'image',
  usage: 'kubectl set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  long: `Update existing container image(s) of resources.

 Possible resources include (case insensitive):

  pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs)`,
  examples: `# Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'
kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1

# Update all deployments' and rc's nginx container's image to 'nginx:1.9.1'
kubectl set image deployments,rc nginx=nginx:1.9.1 --all`,
  flags: SET_FLAGS,
  complete(cli, { flags, args }) {
    const resources = args.filter((argument) => !argument.includes('='));
    const images = new Map<string, string>();
    for (const argument of args) {
      const equals = argument.indexOf('=');
      if (equals < 0) continue;
      const [name, image] = [argument.slice(0, equals), argument.slice(equals + 1)];
      if (images.has(name)) throw new CliError(`all containers are already specified as *, but also specified ${name} with image ${image}`);
      images.set(name, image);
    }
    const request = requestOf(resources, flags);
    if (resources.length === 0 && !hasFiles(request))
      throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (request.all && request.labelSelector) throw new CliError('cannot set --all and --selector at the same time');
    if (images.size === 0) throw new CliError('at least one image update is required');
    if (images.has('*') && images.size > 1)
      throw new CliError('all containers are already specified as *, but also specified other containers');
    return { ...setOptions(cli, flags, request, 'image updated'), images };
  },
  *run(cli, options) {
    yield* setAll(cli, options, 'image update', (info) => withImages(info, options.images));
  },
});

function withImages({ object }: Info, images: ReadonlyMap<string, string>): KubeObject | undefined {
  const spec = podSpecOf(object);
  if (!spec) return undefined;
  const found = new Set<string>();
  let changed = false;
  const update = (container: Container): Container => {
    for (const [pattern, image] of images) {
      if (!isSelected(container.name, pattern)) continue;
      found.add(pattern);
      if (container.image !== image) {
        changed = true;
        return { ...container, image };
      }
    }
    return container;
  };
  const containers = spec.containers.map(update);
  const initContainers = spec.initContainers?.map(update);
  refuseUnknownContainers([...images.keys()].filter((name) => !found.has(name)));
  return changed ? withPodSpec(object, { ...spec, containers, ...(initContainers && { initContainers }) }) : undefined;
}
