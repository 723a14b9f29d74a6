import { badRequest } from '../../api/status.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Served } from '../resource.ts';

/** A patch may not move an object. Throws BadRequest. */
export function checkPlace(object: KubeObject, name: string, namespace: string, served: Served): void {
  const { metadata } = object;
  if (!metadata?.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (served.kind.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}
