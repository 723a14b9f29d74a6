import type { KubeObject } from '../object.ts';

/* Events in the groups '' and events.k8s.io: the same things under other names. */

const NAMES: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

const TO_CORE: ReadonlyMap<string, string> = new Map(NAMES.map(([core, other]) => [other, core]));
const FROM_CORE: ReadonlyMap<string, string> = new Map(NAMES);

function renamed(object: KubeObject, names: ReadonlyMap<string, string>, apiVersion: string): KubeObject {
  const converted: KubeObject = {};
  for (const field in object) converted[names.get(field) ?? field] = object[field];
  converted.apiVersion = apiVersion;
  return converted;
}

export const eventToCore = (event: KubeObject) => renamed(event, TO_CORE, 'v1');
export const eventFromCore = (event: KubeObject) => renamed(event, FROM_CORE, 'events.k8s.io/v1');
