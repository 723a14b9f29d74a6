import { CALL_LIMIT, metered, OBJECT_LIMIT } from './budget.ts';
import { celValue } from './values.ts';
import { compile, evaluationFault, type Compiled } from './compile.ts';
import { checkingEnvironment, kubernetesEnvironment } from './library.ts';
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
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

let shared: Environment | undefined;

/** All variables without types: what is evaluated. */
function dynamic(): Environment {
  if (!shared) {
    shared = kubernetesEnvironment();
    for (const name of VARIABLES) shared.registerVariable(name, 'dyn');
  }
  return shared;
}

const KIND = { group: 'string', version: 'string', kind: 'string' };
const RESOURCE = { group: 'string', version: 'string', resource: 'string' };

/** Fields of `request` (apiserver admission/plugin/cel BuildRequestType). */
const REQUEST: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'kubernetes.GroupVersionKind': KIND,
  'kubernetes.GroupVersionResource': RESOURCE,
  'kubernetes.UserInfo': { username: 'string', uid: 'string', groups: 'list<string>', extra: 'map<string, list<string>>' },
  'kubernetes.AdmissionRequest': {
    kind: 'kubernetes.GroupVersionKind',
    resource: 'kubernetes.GroupVersionResource',
    subResource: 'string',
    requestKind: 'kubernetes.GroupVersionKind',
    requestResource: 'kubernetes.GroupVersionResource',
    requestSubResource: 'string',
    name: 'string',
    namespace: 'string',
    operation: 'string',
    userInfo: 'kubernetes.UserInfo',
    dryRun: 'bool',
    options: 'dyn',
  },
};

let typedBase: Environment | undefined;

function typedRequest(): Environment {
  if (!typedBase) {
    typedBase = checkingEnvironment();
    for (const [name, fields] of Object.entries(REQUEST)) typedBase.registerType(name, { fields } as never);
    for (const name of ['object', 'oldObject', 'namespaceObject']) typedBase.registerVariable(name, 'dyn');
    typedBase.registerVariable('request', 'kubernetes.AdmissionRequest');
  }
  return typedBase.clone();
}

/** What expressions are checked in: each variable of a policy sees those before it. */
function typed({ paramKind, variables = [] }: PolicySpec, upTo = variables.length): Environment {
  const environment = typedRequest();
  if (paramKind) environment.registerVariable('params', 'dyn');
  const fields = Object.fromEntries(variables.slice(0, upTo).map(({ name }) => [name, 'dyn']));
  environment.registerType('kubernetes.variables', { fields } as never);
  return environment.registerVariable('variables', 'kubernetes.variables');
}

function faultOf(field: string, source: string, wanted: string | undefined, environment: Environment): FieldError[] {
  const { fault, wrongType } = compile(source, environment, dynamic(), wanted);
  if (fault === undefined && wrongType === undefined) return [];
  const message = fault === undefined ? `must evaluate to ${wanted}` : `compilation failed: ${fault}`;
  return [{ reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(source)}: ${message}` }];
}

/** What is wrong with the expressions of a ValidatingAdmissionPolicy. */
export function policyFaults(policy: KubeObject): FieldError[] {
  const spec = (policy.spec ?? {}) as PolicySpec;
  const all = typed(spec);
  return [
    ...(spec.variables ?? []).flatMap(({ expression }, i) =>
      faultOf(`spec.variables[${i}].expression`, expression, undefined, typed(spec, i)),
    ),
    ...(spec.matchConditions ?? []).flatMap(({ expression }, i) =>
      faultOf(`spec.matchConditions[${i}].expression`, expression, 'bool', typed(spec, 0)),
    ),
    ...(spec.validations ?? []).flatMap(({ expression, messageExpression }, i) => [
      ...faultOf(`spec.validations[${i}].expression`, expression, 'bool', all),
      ...(messageExpression ? faultOf(`spec.validations[${i}].messageExpression`, messageExpression, 'string', all) : []),
    ]),
    ...(spec.auditAnnotations ?? []).flatMap(({ valueExpression }, i) =>
      faultOf(`spec.auditAnnotations[${i}].valueExpression`, valueExpression, undefined, all),
    ),
  ];
}

type Context = Record<string, unknown>;

function ready(source: string): Compiled {
  return compile(source, dynamic(), dynamic());
}

/** A policy with its expressions compiled; immutable policies are compiled once. */
export class CompiledPolicy {
  readonly policy: KubeObject;
  private readonly spec: PolicySpec;
  private readonly variables: readonly (readonly [string, Compiled])[];
  private readonly conditions: readonly { readonly source: string; readonly condition: Compiled }[];
  private readonly validations: readonly { readonly source: Validation; readonly rule: Compiled; readonly message: Compiled | undefined }[];

  constructor(policy: KubeObject) {
    this.policy = policy;
    this.spec = (policy.spec ?? {}) as PolicySpec;
    this.variables = (this.spec.variables ?? []).map(({ name, expression }) => [name, ready(expression)]);
    this.conditions = (this.spec.matchConditions ?? []).map(({ expression }) => ({ source: expression, condition: ready(expression) }));
    this.validations = (this.spec.validations ?? []).map((source) => ({
      source,
      rule: ready(source.expression),
      message: source.messageExpression ? ready(source.messageExpression) : undefined,
    }));
  }

  get paramKind(): PolicySpec['paramKind'] {
    return this.spec.paramKind;
  }

  /** The validations that fail, in their order. */
  evaluate(input: PolicyInput): Denial[] {
    const run = new PolicyRun(input, this.variables);
    const errors: string[] = [];
    for (const { source, condition } of this.conditions) {
      const result = run.evaluate(condition);
      if ('error' in result) errors.push(`expression '${source}' resulted in error: ${result.error}`);
      else if (result.value !== true) return [];
    }
    if (errors.length > 0) return this.failed(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
    const denials: Denial[] = [];
    for (const { source, rule, message } of this.validations) {
      const result = run.evaluate(rule);
      if (run.isOut) return [...denials, ...this.failed(OUT_OF_BUDGET)];
      if ('error' in result) denials.push(...this.failed(`expression '${source.expression}' resulted in error: ${result.error}`));
      else if (result.value !== true) denials.push({ message: run.message(source, message), reason: source.reason ?? 'Invalid' });
    }
    return denials;
  }

  private failed(message: string): Denial[] {
    return this.spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }];
  }
}

type Evaluated = { readonly value: unknown } | { readonly error: string };

/** One request before one policy: its variables and its budget. */
class PolicyRun {
  private readonly context: Context;
  private budget = OBJECT_LIMIT;

  constructor(input: PolicyInput, variables: readonly (readonly [string, Compiled])[]) {
    this.context = celValue(input) as Context;
    this.context.variables = this.lazy(variables);
  }

  get isOut(): boolean {
    return this.budget < 0;
  }

  evaluate({ expression, fault }: Compiled): Evaluated {
    if (!expression) return { error: `compilation error: ${fault}` };
    const result = metered(Math.min(CALL_LIMIT, Math.max(0, this.budget)), () => expression.evaluate(this.context));
    this.budget -= result.spent;
    return result.error === undefined ? { value: result.value } : { error: evaluationFault(result.error) };
  }

  message({ message, expression }: Validation, messageExpression: Compiled | undefined): string {
    if (messageExpression) {
      const result = this.evaluate(messageExpression);
      const text = 'value' in result && typeof result.value === 'string' ? result.value.trim() : '';
      if (text !== '' && !text.includes('\n')) return text;
    }
    return message?.trim() || `failed expression: ${expression.trim()}`;
  }

  /** Variables are evaluated when they are first read, on the account of the expression that reads them. */
  private lazy(variables: readonly (readonly [string, Compiled])[]): Context {
    const values: Context = {};
    for (const [name, { expression, fault }] of variables) {
      Object.defineProperty(values, name, {
        enumerable: true,
        configurable: true,
        get: () => {
          if (!expression) throw new Error(`composited variable ${JSON.stringify(name)} fails to compile: ${fault}`);
          const value = this.variable(name, expression.evaluate);
          Object.defineProperty(values, name, { value, enumerable: true });
          return value;
        },
      });
    }
    return values;
  }

  private variable(name: string, evaluate: (context: Context) => unknown): unknown {
    try {
      return evaluate(this.context);
    } catch (error) {
      throw new Error(`composited variable ${JSON.stringify(name)} fails to evaluate: ${evaluationFault(error)}`, { cause: error });
    }
  }
}
