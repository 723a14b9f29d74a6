import { compile, type Compiled } from '../cel/compile.ts';
import { estimateCost } from '../cel/cost.ts';
import { mostOccurrences, type DeclaredType } from '../cel/declared-types.ts';
import { dynamicSelf, selfTypes, type SelfTypes } from '../cel/self-types.ts';
import { forbiddenField, invalidField, type FieldErrors } from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import type { JsonSchema, ValidationRule } from './json-schema.ts';
import type { FieldError } from '../status.ts';

/* Rules of schemas: whether they are expressions at all, and what they may cost (apiextensions validation.go, cel_validation.go). */

const RULE_LIMIT = 10_000_000;
const SCHEMA_LIMIT = 100_000_000;
/** Rules that are named when all rules together cost too much: so many, and none that costs less than a hundredth of the limit. */
const MOST_EXPENSIVE = 4;

const SHAPES: Shapes = { Rule: 'Rule Message MessageExpression Reason* FieldPath OptionalOldSelf*' };

interface Total {
  cost: number;
  readonly rules: { readonly path: string; readonly cost: number }[];
}

/** Where in a schema rules stand, and how often what they look at may come in one object. */
export interface RuleContext {
  ofProperty(): RuleContext;
  ofItems(list: JsonSchema): RuleContext;
  ofValues(map: JsonSchema): RuleContext;
}

export interface RootRules extends RuleContext {
  /** What is wrong with all rules together. */
  totalErrors(path: string): FieldError[];
}

class Context implements RootRules {
  readonly total: Total;
  readonly isRoot: boolean;
  /** Undefined: as often as there is room in a request. */
  readonly occurrences: number | undefined;

  constructor(total: Total, occurrences: number | undefined, isRoot: boolean) {
    this.total = total;
    this.occurrences = occurrences;
    this.isRoot = isRoot;
  }

  ofProperty(): RuleContext {
    return new Context(this.total, this.occurrences, false);
  }

  ofItems(list: JsonSchema): RuleContext {
    return this.repeated(list.maxItems);
  }

  ofValues(map: JsonSchema): RuleContext {
    return this.repeated(map.maxProperties);
  }

  totalErrors(path: string): FieldError[] {
    const { cost, rules } = this.total;
    if (cost <= SCHEMA_LIMIT) return [];
    const expensive = rules
      .filter((rule) => rule.cost >= SCHEMA_LIMIT / 100)
      .sort((a, b) => b.cost - a.cost)
      .slice(0, MOST_EXPENSIVE);
    return [
      ...expensive.map((rule) =>
        forbiddenField(rule.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
      ),
      forbiddenField(
        path,
        costMessage('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', cost, SCHEMA_LIMIT),
      ),
    ];
  }

  private repeated(most: number | undefined): Context {
    return new Context(
      this.total,
      most === undefined || this.occurrences === undefined ? undefined : this.occurrences * Math.max(0, most),
      false,
    );
  }
}

export function rootRules(_schema: JsonSchema): RootRules {
  return new Context({ cost: 0, rules: [] }, 1, true);
}

function costMessage(what: string, cost: number, limit: number): string {
  const times = cost / limit;
  const factor = times > 100 ? 'more than 100x' : times < 1.5 ? `${times.toFixed(6)}x` : `${times.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** What is wrong with the rules of one schema. */
export function validateRules(path: string, schema: JsonSchema, given: RuleContext, uncorrelatable: string | undefined): FieldError[] {
  const context = given as Context;
  const errors: FieldErrors = [];
  const self = selfTypes(schema, context.isRoot || schema['x-kubernetes-embedded-resource'] === true);
  schema['x-kubernetes-validations']!.forEach((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    if ((rule.rule ?? '').trim() === '') return;
    if (self) validateRule(at, rule, self, context, uncorrelatable, errors);
    else
      errors.push({
        reason: 'InternalError',
        field: `${path}.x-kubernetes-validations`,
        message: 'Internal error: internal error: failed to retrieve type information for x-kubernetes-validations',
      });
  });
  return errors;
}

function validateRule(
  at: string,
  rule: ValidationRule,
  self: SelfTypes,
  context: Context,
  uncorrelatable: string | undefined,
  errors: FieldErrors,
): void {
  const environment = rule.optionalOldSelf ? self.optionalEnvironment : self.environment;
  const shown = () => goShape(SHAPES, 'Rule', rule);
  const test = compile(rule.rule, environment, dynamicSelf(), 'bool');
  checkCost(
    `${at}.rule`,
    'estimated rule cost',
    test,
    self.type,
    context,
    context.occurrences ?? mostOccurrences(self.type.leastBytes),
    errors,
  );
  if (test.fault !== undefined) errors.push(invalidField(`${at}.rule`, shown(), `compilation failed: ${test.fault}`));
  if (test.wrongType !== undefined) errors.push(invalidField(`${at}.rule`, shown(), 'cel expression must evaluate to a bool'));
  if (!test.expression) return;
  if (rule.messageExpression?.trim()) {
    const message = compile(rule.messageExpression, environment, dynamicSelf(), 'string');
    if (message.fault !== undefined)
      errors.push(invalidField(`${at}.messageExpression`, shown(), `messageExpression compilation failed: ${message.fault}`));
    if (message.wrongType !== undefined)
      errors.push(invalidField(`${at}.messageExpression`, shown(), 'messageExpression must evaluate to a string'));
    checkCost(`${at}.messageExpression`, 'estimated messageExpression cost', message, self.type, context, 1, errors);
  }
  if (test.expression.uses('oldSelf')) {
    if (uncorrelatable !== undefined)
      errors.push(
        invalidField(
          `${at}.rule`,
          rule.rule,
          `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`,
        ),
      );
  } else if (rule.optionalOldSelf !== undefined) {
    errors.push(invalidField(`${at}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
  }
}

function checkCost(
  path: string,
  what: string,
  { expression }: Compiled,
  type: DeclaredType,
  { total }: Context,
  occurrences: number,
  errors: FieldErrors,
): void {
  if (!expression) return;
  const cost =
    estimateCost(
      expression.tree,
      new Map([
        ['self', type],
        ['oldSelf', type],
      ]),
    ) * occurrences;
  if (cost > RULE_LIMIT) errors.push(forbiddenField(path, costMessage(what, cost, RULE_LIMIT)));
  total.cost += cost;
  total.rules.push({ path, cost });
}
