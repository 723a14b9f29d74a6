import { additionalSchema, childPath, isObject, itemSchema, propertyNames, propertySchema, someSchema, type JsonSchema, type ValidationRule } from '../custom/json-schema.ts';
import { celType, celValueOf } from './schema-types.ts';
import { compile, type Compiled } from './compile.ts';
import { correlation } from '../custom/validate-value.ts';
import { deepEqual } from '../../base/equal.ts';
import { kubernetesEnvironment } from './library.ts';
import type { Environment } from '@marcbachmann/cel-js';
import type { FieldError } from '../status.ts';

interface CompiledRule {
  readonly rule: ValidationRule;
  readonly test: Compiled;
  readonly message: Compiled | undefined;
  readonly isTransition: boolean;
}

let dynamicEnvironment: Environment | undefined;

function dynamic(): Environment {
  dynamicEnvironment ??= kubernetesEnvironment().registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
  return dynamicEnvironment;
}

const typedEnvironments = new WeakMap<JsonSchema, Environment>();

function typed(schema: JsonSchema, isResource: boolean): Environment {
  let environment = typedEnvironments.get(schema);
  if (!environment) {
    const type = celType(schema, isResource);
    environment = kubernetesEnvironment();
    for (const name of ['self', 'oldSelf']) {
      if (typeof type === 'string') environment.registerVariable(name, type);
      else environment.registerVariable({ name, schema: type as never });
    }
    typedEnvironments.set(schema, environment);
  }
  return environment;
}

/** Whether a rule compares with the object as it was. */
export function usesOldSelf(rule: ValidationRule): boolean {
  return /\boldSelf\b/.test(rule.rule);
}

/** Compiles a rule against the schema it stands in; `fault` says what is wrong with it, as cel-go does. */
export function compileRule(rule: ValidationRule, schema: JsonSchema, isResource: boolean): Compiled {
  return compile(rule.rule, typed(schema, isResource), dynamic(), 'bool');
}

/** Compiles the expression of a rule's message. */
export function compileMessage(rule: ValidationRule, schema: JsonSchema, isResource: boolean): Compiled | undefined {
  return rule.messageExpression ? compile(rule.messageExpression, typed(schema, isResource), dynamic(), 'string') : undefined;
}

const compiledRules = new WeakMap<JsonSchema, readonly CompiledRule[]>();

function rulesOf(schema: JsonSchema, isResource: boolean): readonly CompiledRule[] {
  let rules = compiledRules.get(schema);
  if (!rules) {
    rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => ({
      rule,
      test: compileRule(rule, schema, isResource),
      message: compileMessage(rule, schema, isResource),
      isTransition: usesOldSelf(rule),
    }));
    compiledRules.set(schema, rules);
  }
  return rules;
}

const holding = new WeakMap<JsonSchema, boolean>();

/** Whether a schema or one within it has rules. */
export function holdsRules(schema: JsonSchema): boolean {
  let holds = holding.get(schema);
  if (holds === undefined) holding.set(schema, (holds = someSchema(schema, (inner) => Boolean(inner['x-kubernetes-validations']?.length))));
  return holds;
}

/**
 * Evaluates the rules of a schema on a value (apiextensions-apiserver schema/cel/validation.go). With
 * an old value, transition rules are evaluated, and rules on what did not change may fail.
 */
export function evaluateRules(path: string, value: unknown, schema: JsonSchema, old: unknown, isResource: boolean): FieldError[] {
  if (value === undefined || value === null || !holdsRules(schema)) return [];
  const errors: FieldError[] = [];
  const isUnchanged = old !== undefined && deepEqual(value, old);
  for (const compiled of rulesOf(schema, isResource)) {
    const error = evaluateRule(path, value, schema, old, compiled);
    if (error && !isUnchanged) errors.push(error);
  }
  if (Array.isArray(value)) errors.push(...evaluateItems(path, value, schema, old));
  else if (isObject(value)) errors.push(...evaluateFields(path, value, schema, isObject(old) ? old : undefined));
  return errors;
}

function evaluateItems(path: string, list: readonly unknown[], schema: JsonSchema, old: unknown): FieldError[] {
  const inner = itemSchema(schema);
  if (!inner) return [];
  const oldOf = correlation(schema, old);
  return list.flatMap((item, i) => evaluateRules(`${path}[${i}]`, item, inner, oldOf?.(item), false));
}

function evaluateFields(path: string, object: Record<string, unknown>, schema: JsonSchema, old: Record<string, unknown> | undefined): FieldError[] {
  const named = propertyNames(schema).flatMap((name) => evaluateRules(childPath(path, name), object[name], propertySchema(schema, name)!, old?.[name], false));
  const inner = additionalSchema(schema);
  if (!inner) return named;
  const others = Object.keys(object).sort().filter((name) => !propertySchema(schema, name));
  return [...named, ...others.flatMap((name) => evaluateRules(`${path}[${name}]`, object[name], inner, old?.[name], false))];
}

function evaluateRule(path: string, value: unknown, schema: JsonSchema, old: unknown, { rule, test, message, isTransition }: CompiledRule): FieldError | undefined {
  if (isTransition && old === undefined && !rule.optionalOldSelf) return undefined;
  const context = { self: celValueOf(value, schema), oldSelf: celValueOf(old, schema) ?? null };
  const field = rule.fieldPath ? `${path}${rule.fieldPath}` : path;
  if (!test.expression) return failure(rule, field, value, `rule compile error: compilation failed: ${test.fault}`);
  try {
    if (test.expression(context) === true) return undefined;
  } catch (error) {
    return failure(rule, field, value, `${(error as Error).message.split('\n')[0]!.replace(/^No such key/, 'no such key')} evaluating rule: ${rule.rule.trim()}`);
  }
  return failure(rule, field, value, messageOf(rule, message, context));
}

function messageOf(rule: ValidationRule, message: Compiled | undefined, context: Record<string, unknown>): string {
  if (message?.expression) {
    try {
      const text = message.expression(context) as unknown;
      if (typeof text === 'string' && text.trim() !== '' && !text.includes('\n')) return text;
    } catch {
      // The plain message stands in.
    }
  }
  return rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
}

/** Objects and lists are not shown, being large. */
function failure(rule: ValidationRule, field: string, value: unknown, detail: string): FieldError {
  const reason = (rule.reason ?? 'FieldValueInvalid') as FieldError['reason'];
  const shown = typeof value === 'object' ? '' : `${JSON.stringify(value)}: `;
  switch (reason) {
    case 'FieldValueForbidden':
      return { reason, field, message: `Forbidden: ${detail}` };
    case 'FieldValueRequired':
      return { reason, field, message: `Required value: ${detail}` };
    case 'FieldValueDuplicate':
      return { reason, field, message: `Duplicate value: ${shown}${detail}` };
    default:
      return { reason, field, message: `Invalid value: ${shown}${detail}` };
  }
}
