import type { FieldError } from '../status.ts';
import type { KubeObject } from '../object.ts';
import type { JsonSchema } from './json-schema.ts';

export class RuleBudget {}

/** How the rules of a schema are checked; undefined when it has none. */
export function checkRules(_schema: JsonSchema, _object: KubeObject, _old: KubeObject | undefined, _budget: RuleBudget): (() => FieldError[]) | undefined {
  return undefined;
}
