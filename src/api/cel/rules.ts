import {
  additionalSchema,
  childPath,
  isObject,
  itemSchema,
  ownField,
  propertyNames,
  someSchema,
  type JsonSchema,
  type ValidationRule,
} from '../custom/json-schema.ts';
import { CALL_LIMIT, CostExceeded, metered, OBJECT_LIMIT } from './budget.ts';
import { celValueOf } from './values.ts';
import { compile, evaluationFault, type Expression } from './compile.ts';
import { correlation } from '../custom/validate-value.ts';
import { deepEqual } from '../../base/equal.ts';
import { duplicateField, forbiddenField, invalidField, requiredField } from '../field-errors.ts';
import { dynamicSelf } from './self-types.ts';
import { FieldPathError, parseFieldPath } from '../custom/field-path.ts';
import { Optional } from '@marcbachmann/cel-js';
import type { FieldError } from '../status.ts';

/* Rules of custom resources on the objects they describe (apiextensions-apiserver schema/cel/validation.go). */

const LONGEST_MESSAGE_BYTES = 5 * 1024;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

interface CompiledRule {
  readonly rule: ValidationRule;
  readonly test: Expression | undefined;
  readonly fault: string | undefined;
  readonly message: Expression | undefined;
  readonly usesOldSelf: boolean;
  /** Of the error, below the value: `.name`. */
  readonly fieldPath: string;
}

const compiledRules = new WeakMap<JsonSchema, readonly CompiledRule[]>();

/** Rules were checked with types when their definition was written: here they are only made ready. */
function rulesOf(schema: JsonSchema): readonly CompiledRule[] {
  let rules = compiledRules.get(schema);
  if (!rules) {
    rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => compiledRule(rule, schema));
    compiledRules.set(schema, rules);
  }
  return rules;
}

function compiledRule(rule: ValidationRule, schema: JsonSchema): CompiledRule {
  const environment = dynamicSelf();
  const test = compile(rule.rule, environment, environment, 'bool');
  const message = rule.messageExpression ? compile(rule.messageExpression, environment, environment, 'string') : undefined;
  return {
    rule,
    test: test.expression,
    fault: test.fault ?? test.wrongType,
    message: message?.expression,
    usesOldSelf: test.expression?.uses('oldSelf') ?? false,
    fieldPath: rule.fieldPath ? pathText(rule.fieldPath, schema) : '',
  };
}

function pathText(path: string, schema: JsonSchema): string {
  try {
    return parseFieldPath(path, schema).text;
  } catch (error) {
    if (error instanceof FieldPathError) return path.replace(/^\./, '');
    throw error;
  }
}

const holding = new WeakMap<JsonSchema, boolean>();

/** Whether a schema or one within it has rules. */
export function holdsRules(schema: JsonSchema): boolean {
  let holds = holding.get(schema);
  if (holds === undefined) holding.set(schema, (holds = someSchema(schema, (inner) => Boolean(inner['x-kubernetes-validations']?.length))));
  return holds;
}

/**
 * Evaluates the rules of a schema on a value. With an old value, transition rules are evaluated, and
 * other rules may fail on what did not change.
 */
export function evaluateRules(path: string, value: unknown, schema: JsonSchema, old: unknown, isResource: boolean): FieldError[] {
  const run = new RuleRun();
  run.visit(path, value, schema, old, isResource);
  return run.errors;
}

/** The rules of one object, which share a budget. */
class RuleRun {
  readonly errors: FieldError[] = [];
  private budget = OBJECT_LIMIT;

  visit(path: string, value: unknown, schema: JsonSchema, old: unknown, isResource: boolean): void {
    if (value === undefined || value === null || this.budget < 0 || !holdsRules(schema)) return;
    const rules = rulesOf(schema);
    if (rules.length > 0) this.evaluate(path, value, schema, old, rules, isResource);
    if (Array.isArray(value)) this.visitItems(path, value, schema, old);
    else if (isObject(value)) this.visitFields(path, value, schema, old);
  }

  private visitItems(path: string, list: readonly unknown[], schema: JsonSchema, old: unknown): void {
    const inner = itemSchema(schema);
    if (!inner || !holdsRules(inner)) return;
    const oldOf = correlation(schema, old);
    list.forEach((item, i) => {
      this.visit(`${path}[${i}]`, item, inner, oldOf?.(item), inner['x-kubernetes-embedded-resource'] === true);
    });
  }

  private visitFields(path: string, object: Record<string, unknown>, schema: JsonSchema, old: unknown): void {
    const before = isObject(old) && schema['x-kubernetes-map-type'] !== 'atomic' ? old : undefined;
    const inner = additionalSchema(schema);
    const field = (name: string, at: string, one: JsonSchema): void => {
      this.visit(at, ownField(object, name), one, before && ownField(before, name), one['x-kubernetes-embedded-resource'] === true);
    };
    if (inner) for (const name of Object.keys(object).sort()) field(name, `${path}[${name}]`, inner);
    else for (const name of propertyNames(schema)) field(name, childPath(path, name), schema.properties![name]!);
  }

  private evaluate(
    path: string,
    value: unknown,
    schema: JsonSchema,
    old: unknown,
    rules: readonly CompiledRule[],
    isResource: boolean,
  ): void {
    const isUnchanged = old !== undefined && deepEqual(value, old);
    const at = path === '' ? '<nil>' : path;
    const self = celValueOf(value, schema, isResource);
    const oldSelf = old === undefined ? undefined : celValueOf(old, schema, isResource);
    for (const compiled of rules) {
      if (this.budget < 0) return;
      const { rule, test, fault, usesOldSelf } = compiled;
      if (usesOldSelf && old === undefined && !rule.optionalOldSelf) continue;
      if (!test) {
        this.errors.push(invalidField(at, schema.type ?? '', `rule compile error: ${fault}`));
        continue;
      }
      const context = { self, oldSelf: rule.optionalOldSelf ? (oldSelf === undefined ? Optional.none() : Optional.of(oldSelf)) : oldSelf };
      const result = metered(CALL_LIMIT, () => test.evaluate(context));
      this.budget -= result.spent;
      const shown = (rule.message || rule.rule).trim();
      if (result.error !== undefined) {
        this.errors.push(invalidField(at, schema.type ?? '', this.failure(result.error, shown)));
      } else if (this.budget < 0) this.errors.push(invalidField(at, schema.type ?? '', OUT_OF_BUDGET));
      else if (result.value !== true && (usesOldSelf || !isUnchanged))
        this.errors.push(this.refusal(path, value, schema, compiled, context));
    }
  }

  /** What an evaluation that ended in an error is told as. Without budget nothing more is evaluated. */
  private failure(error: unknown, shown: string): string {
    const text = evaluationFault(error);
    if (error instanceof CostExceeded) {
      this.budget = -1;
      return `'${text}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`;
    }
    if (text.startsWith('no such overload'))
      return `'${text}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`;
    return `${text} evaluating rule: ${shown}`;
  }

  private refusal(path: string, value: unknown, schema: JsonSchema, compiled: CompiledRule, context: Record<string, unknown>): FieldError {
    const { rule, fieldPath } = compiled;
    const place = fieldPath === '' ? path : fieldPath.startsWith('[') ? path + fieldPath : childPath(path, fieldPath);
    const field = place === '' ? '<nil>' : place;
    const detail = this.messageOf(compiled, context);
    const isComposite = schema.type === 'object' || schema.type === 'array';
    switch (rule.reason) {
      case 'FieldValueForbidden':
        return forbiddenField(field, detail);
      case 'FieldValueRequired':
        return requiredField(field, detail);
      case 'FieldValueDuplicate':
        return isComposite ? { reason: 'FieldValueDuplicate', field, message: 'Duplicate value' } : duplicateField(field, value);
      default:
        return isComposite
          ? { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` }
          : invalidField(field, value, detail);
    }
  }

  private messageOf({ rule, message }: CompiledRule, context: Record<string, unknown>): string {
    if (message) {
      const result = metered(CALL_LIMIT, () => message.evaluate(context));
      this.budget -= result.spent;
      const text = typeof result.value === 'string' ? result.value.trim() : '';
      if (text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= LONGEST_MESSAGE_BYTES) return text;
    }
    return rule.message ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`;
  }
}
