import type { JsonSchema } from './json-schema.ts';
import type { FieldError } from '../status.ts';

/** Where in a schema rules stand, and how often what they look at may come in one object. */
export interface RuleContext {
  ofProperty(): RuleContext;
  ofItems(list: JsonSchema): RuleContext;
  ofValues(map: JsonSchema): RuleContext;
}

export interface RootRules extends RuleContext {
  totalErrors(path: string): FieldError[];
}

export function rootRules(_schema: JsonSchema): RootRules | undefined {
  return undefined;
}

export function validateRules(_path: string, _schema: JsonSchema, _context: RuleContext, _uncorrelatable: string | undefined): FieldError[] {
  return [];
}
