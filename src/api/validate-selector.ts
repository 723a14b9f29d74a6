import { invalidField, forbiddenField, requiredField, addProblems, type FieldErrors } from './field-errors.ts';
import { isLabelValue, isQualifiedName } from './names.ts';
import { validateLabels } from './object-meta.ts';
import type { LabelSelector } from './object.ts';

const checked = new WeakSet<LabelSelector>();

/** Checks a LabelSelector (apimachinery meta/v1/validation ValidateLabelSelector). Faultless ones are remembered. */
export function validateSelector(
  errors: FieldErrors,
  selector: LabelSelector | undefined,
  field: string,
  allowInvalidValues = false,
): void {
  if (!selector || checked.has(selector)) return;
  const before = errors.length;
  validateLabels(errors, selector.matchLabels, `${field}.matchLabels`);
  selector.matchExpressions?.forEach(({ key, operator, values }, i) => {
    const at = `${field}.matchExpressions[${i}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (!values?.length) errors.push(requiredField(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values?.length) errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else errors.push(invalidField(`${at}.operator`, operator, 'not a valid selector operator'));
    addProblems(errors, `${at}.key`, key, isQualifiedName(key));
    if (!allowInvalidValues) values?.forEach((value, at2) => addProblems(errors, `${at}.values[${at2}]`, value, isLabelValue(value)));
  });
  if (errors.length === before) checked.add(selector);
}

/** Whether a selector says nothing: it selects everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions?.length ?? 0) === 0;
}
