import { declaredType, type DeclaredType } from './declared-types.ts';
import { checkingEnvironment, kubernetesEnvironment } from './library.ts';
import type { Environment } from '@marcbachmann/cel-js';
import type { JsonSchema } from '../custom/json-schema.ts';

let dynamicEnvironment: Environment | undefined;

/** `self` and `oldSelf` without types: what rules are evaluated in. */
export function dynamicSelf(): Environment {
  dynamicEnvironment ??= kubernetesEnvironment().registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
  return dynamicEnvironment;
}

/** `self` and `oldSelf` of what a schema describes: what rules are checked in. */
export interface SelfTypes {
  readonly type: DeclaredType;
  readonly environment: Environment;
  /** Where oldSelf may be missing and says so. */
  readonly optionalEnvironment: Environment;
}

/** Undefined where rules can see nothing of the value. */
export function selfTypes(schema: JsonSchema, isResource: boolean): SelfTypes | undefined {
  const type = declaredType(schema, 'Self', isResource);
  if (!type) return undefined;
  const base = checkingEnvironment();
  registerTypes(base, type, new Set());
  const environment = base.clone().registerVariable('self', type.name).registerVariable('oldSelf', type.name);
  const optionalEnvironment = base.clone().registerVariable('self', type.name).registerVariable('oldSelf', `optional<${type.name}>`);
  return { type, environment, optionalEnvironment };
}

/** Objects, innermost first: a type is known before others name it. */
function registerTypes(environment: Environment, type: DeclaredType, known: Set<string>): void {
  if (type.element) registerTypes(environment, type.element, known);
  if (!type.fields || known.has(type.name)) return;
  known.add(type.name);
  for (const field of type.fields.values()) registerTypes(environment, field, known);
  environment.registerType(type.name, { fields: Object.fromEntries([...type.fields].map(([name, field]) => [name, field.name])) } as never);
  environment.registerOperator(`${type.name} == ${type.name}`, (a: unknown, b: unknown) => a === b);
}
