import { duplicateField, forbiddenField, invalidField, requiredField, addProblems, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isQualifiedName } from '../names.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import { changeField, changeItems, withDefaults, withField } from '../share.ts';
import { canonicalResources } from './pod/container-defaults.ts';
import { validateResourceName } from './pod/validate-resources.ts';
import { isStandardContainerResource } from './resource-names.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { LimitRange, LimitRangeItem } from 'kubernetes-types/core/v1';

const TYPES = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

type Amounts = Record<string, string>;

/** Containers' default limits are the largest, their default requests the default limits or the least. */
function defaultItem(given: LimitRangeItem): LimitRangeItem {
  let item = given;
  for (const list of LISTS) item = changeField(item, list, canonicalResources as never);
  if (item.type !== 'Container') return item;
  const limits = withDefaults((item.default ?? {}) as Amounts, (item.max ?? {}) as Amounts);
  let requests = withDefaults((item.defaultRequest ?? {}) as Amounts, limits);
  if (item.min) requests = withDefaults(requests, item.min as Amounts);
  if (Object.keys(limits).length > 0) item = withField(item, 'default', limits as never);
  return Object.keys(requests).length > 0 ? withField(item, 'defaultRequest', requests as never) : item;
}

function validateName(errors: FieldErrors, type: string, name: string, at: string): void {
  validateResourceName(errors, name, at);
  const ofContainer = type === 'Pod' || type === 'Container';
  if (ofContainer && !name.includes('/') && !isStandardContainerResource(name))
    errors.push(invalidField(at, name, 'must be a standard resource for containers'));
}

function validateNames(errors: FieldErrors, item: LimitRangeItem, at: string): Set<string> {
  const names = new Set<string>();
  for (const list of LISTS) {
    const amounts = (item[list] ?? {}) as Amounts;
    if (item.type === 'Pod' && (list === 'default' || list === 'defaultRequest')) {
      if (Object.keys(amounts).length > 0) errors.push(forbiddenField(`${at}.${list}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    if (list === 'maxLimitRequestRatio' && item.type === 'PersistentVolumeClaim') {
      const says = item.min?.['storage'] !== undefined || item.max?.['storage'] !== undefined;
      if (!says)
        errors.push(requiredField(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided'));
    }
    for (const name of Object.keys(amounts).sort()) {
      validateName(errors, item.type, name, `${at}.${list}[${name}]`);
      names.add(name);
    }
  }
  return names;
}

function validateOrder(errors: FieldErrors, item: LimitRangeItem, name: string, at: string): void {
  const ofPod = item.type === 'Pod';
  const min = item.min?.[name];
  const max = item.max?.[name];
  const limit = ofPod ? undefined : item.default?.[name];
  const request = ofPod ? undefined : item.defaultRequest?.[name];
  const ratio = item.maxLimitRequestRatio?.[name];
  const exceeds = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0;
  const wrong = (list: string, shown: string | undefined, why: string) => errors.push(invalidField(`${at}.${list}[${name}]`, shown, why));
  if (exceeds(min, max)) wrong('min', min, `min value ${min} is greater than max value ${max}`);
  if (exceeds(min, request)) wrong('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (exceeds(request, max)) wrong('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (exceeds(request, limit))
    wrong('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
  if (exceeds(min, limit)) wrong('default', min, `min value ${min} is greater than default value ${limit}`);
  if (exceeds(limit, max)) wrong('default', max, `default value ${limit} is greater than max value ${max}`);
  if (ratio === undefined) return;
  if (compareQuantities(ratio, '1') < 0) wrong('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (min === undefined || max === undefined) return;
  const most = Number(parseQuantity(max).nanos) / Number(parseQuantity(min).nanos);
  if (parseQuantity(ratio).millis / 1000 > most)
    wrong('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`);
}

function validate({ spec }: LimitRange): FieldErrors {
  const errors: FieldErrors = [];
  const seen = new Set<string>();
  spec?.limits?.forEach((item, i) => {
    const at = `spec.limits[${i}]`;
    const problems = isQualifiedName(item.type ?? '');
    addProblems(errors, `${at}.type`, item.type ?? '', problems);
    if (problems.length === 0 && !item.type.includes('/') && !TYPES.has(item.type)) {
      errors.push(invalidField(`${at}.type`, item.type, 'must be a standard limit type or fully qualified'));
    }
    if (seen.has(item.type)) errors.push(duplicateField(`${at}.type`, item.type));
    seen.add(item.type);
    for (const name of [...validateNames(errors, item, at)].sort()) validateOrder(errors, item, name, at);
  });
  return errors;
}

export const limitRangeBehaviour: KindBehaviour<LimitRange> = {
  kind: builtin<LimitRange>('v1', 'limitranges'),
  defaults: (range) => changeField(range, 'spec', (spec) => changeItems(spec, 'limits', defaultItem)),
  validate,
  allowsCreateOnUpdate: true,
};
