import { celValue } from './values.ts';
import { compile, type Compiled } from './compile.ts';
import { kubernetesEnvironment } from './library.ts';
import type { Environment } from '@marcbachmann/cel-js';
import type { FieldError } from '../status.ts';
import type { KubeObject } from '../object.ts';

interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

interface Named {
  readonly name: string;
  readonly expression: string;
}

interface PolicySpec {
  readonly failurePolicy?: string;
  readonly matchConditions?: readonly Named[];
  readonly validations?: readonly Validation[];
  readonly variables?: readonly Named[];
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
}

/** What expressions of policies see. */
export interface PolicyInput {
  readonly object: KubeObject | null;
  readonly oldObject: KubeObject | null;
  readonly request: object;
  readonly params: KubeObject | null;
  readonly namespaceObject: KubeObject | null;
}

/** A validation that failed. */
export interface Denial {
  readonly message: string;
  readonly reason: string;
}

const VARIABLES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'];

let shared: Environment | undefined;

function environment(): Environment {
  if (!shared) {
    shared = kubernetesEnvironment();
    for (const name of VARIABLES) shared.registerVariable(name, 'dyn');
  }
  return shared;
}

function prepare(source: string, wanted?: string): Compiled {
  return compile(source, undefined, environment(), wanted);
}

function faultOf(field: string, source: string, compiled: Compiled): FieldError[] {
  if (compiled.fault === undefined) return [];
  const message = compiled.fault.startsWith('must evaluate') ? compiled.fault : `compilation failed: ${compiled.fault}`;
  return [{ reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(source)}: ${message}` }];
}

/** What is wrong with the expressions of a ValidatingAdmissionPolicy. */
export function policyFaults(policy: KubeObject): FieldError[] {
  const spec = (policy.spec ?? {}) as PolicySpec;
  return [
    ...(spec.variables ?? []).flatMap(({ expression }, i) => faultOf(`spec.variables[${i}].expression`, expression, prepare(expression))),
    ...(spec.matchConditions ?? []).flatMap(({ expression }, i) => faultOf(`spec.matchConditions[${i}].expression`, expression, prepare(expression, 'bool'))),
    ...(spec.validations ?? []).flatMap(({ expression, messageExpression }, i) => [
      ...faultOf(`spec.validations[${i}].expression`, expression, prepare(expression, 'bool')),
      ...(messageExpression ? faultOf(`spec.validations[${i}].messageExpression`, messageExpression, prepare(messageExpression, 'string')) : []),
    ]),
    ...(spec.auditAnnotations ?? []).flatMap(({ valueExpression }, i) => faultOf(`spec.auditAnnotations[${i}].valueExpression`, valueExpression, prepare(valueExpression))),
  ];
}

type Context = Record<string, unknown>;

/** A policy with its expressions compiled; immutable policies are compiled once. */
export class CompiledPolicy {
  readonly policy: KubeObject;
  private readonly spec: PolicySpec;
  private readonly variables: readonly (readonly [string, Compiled])[];
  private readonly conditions: readonly (readonly [string, Compiled])[];
  private readonly validations: readonly { readonly source: Validation; readonly rule: Compiled; readonly message: Compiled | undefined }[];

  constructor(policy: KubeObject) {
    this.policy = policy;
    this.spec = (policy.spec ?? {}) as PolicySpec;
    this.variables = (this.spec.variables ?? []).map(({ name, expression }) => [name, prepare(expression)]);
    this.conditions = (this.spec.matchConditions ?? []).map(({ name, expression }) => [name, prepare(expression, 'bool')]);
    this.validations = (this.spec.validations ?? []).map((source) => ({
      source,
      rule: prepare(source.expression, 'bool'),
      message: source.messageExpression ? prepare(source.messageExpression, 'string') : undefined,
    }));
  }

  get paramKind(): PolicySpec['paramKind'] {
    return this.spec.paramKind;
  }

  /** The validations that fail, in their order. */
  evaluate(input: PolicyInput): Denial[] {
    const context = this.context(input);
    for (const [name, condition] of this.conditions) {
      const result = evaluated(condition, context);
      if ('error' in result) return this.failed(`matchCondition '${name}' resulted in error: ${result.error}`);
      if (result.value !== true) return [];
    }
    return this.validations.flatMap(({ source, rule, message }) => {
      const result = evaluated(rule, context);
      if ('error' in result) return this.failed(`expression '${source.expression}' resulted in error: ${result.error}`);
      if (result.value === true) return [];
      return [{ message: messageOf(source, message, context), reason: source.reason ?? 'Invalid' }];
    });
  }

  private failed(message: string): Denial[] {
    return this.spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }];
  }

  /** Variables are evaluated when they are first read. */
  private context(input: PolicyInput): Context {
    const context = celValue(input) as Context;
    const variables: Record<string, unknown> = {};
    context.variables = variables;
    for (const [name, compiled] of this.variables) {
      Object.defineProperty(variables, name, {
        enumerable: true,
        configurable: true,
        get() {
          const result = evaluated(compiled, context);
          if ('error' in result) throw new Error(result.error);
          Object.defineProperty(variables, name, { value: result.value, enumerable: true });
          return result.value;
        },
      });
    }
    return context;
  }
}

function evaluated({ expression, fault }: Compiled, context: Context): { value: unknown } | { error: string } {
  if (!expression) return { error: `compilation error: ${fault}` };
  try {
    return { value: expression(context) as unknown };
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0]!.replace(/^No such key/, 'no such key') };
  }
}

function messageOf({ message, expression }: Validation, messageExpression: Compiled | undefined, context: Context): string {
  if (messageExpression) {
    const result = evaluated(messageExpression, context);
    if (!('error' in result) && typeof result.value === 'string' && result.value.trim() !== '' && !result.value.includes('\n')) return result.value;
  }
  return message?.trim() || `failed expression: ${expression.trim()}`;
}
