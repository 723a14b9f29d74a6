import {
  forbiddenField,
  invalidField,
  NOT_INTEGER,
  NOT_NEGATIVE,
  addProblems,
  requiredField,
  notFoundField,
  duplicateField,
  type FieldErrors,
} from '../../field-errors.ts';
import { isQualifiedName } from '../../names.ts';
import { compareQuantities, parseQuantity } from '../../quantity.ts';
import {
  isExtendedResource,
  isHugePages,
  isIntegerResource,
  isNativeResource,
  isOvercommitAllowed,
  isStandardContainerResource,
  isStandardResource,
} from '../resource-names.ts';

export interface Requirements {
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
  readonly claims?: readonly { readonly name: string; readonly request?: string }[];
}

/** Checks the name of any resource; `field` ends in the name. */
export function validateResourceName(errors: FieldErrors, name: string, field: string): void {
  const before = errors.length;
  addProblems(errors, field, name, isQualifiedName(name));
  if (errors.length > before) return;
  if (!name.includes('/') && !isStandardResource(name)) {
    errors.push(invalidField(field, name, 'must be a standard resource type or fully qualified'));
  }
}

function validateContainerResourceName(errors: FieldErrors, name: string, field: string): void {
  validateResourceName(errors, name, field);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name)) errors.push(invalidField(field, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalidField(field, name, "doesn't follow extended resource name standard"));
  }
}

/** Checks an amount: not negative, and whole where only whole ones make sense. */
export function validateAmount(errors: FieldErrors, name: string, amount: string, field: string): void {
  const { nanos, millis, canonical } = parseQuantity(amount);
  if (nanos < 0n) errors.push(invalidField(field, canonical, NOT_NEGATIVE));
  if (isIntegerResource(name) && millis % 1000 !== 0) errors.push(invalidField(field, canonical, NOT_INTEGER));
}

interface Seen {
  compute: boolean;
  hugePages: boolean;
}

function note(seen: Seen, name: string): void {
  if (isHugePages(name)) seen.hugePages = true;
  else if (name === 'cpu' || name === 'memory') seen.compute = true;
}

const checked = new WeakSet<Requirements>();

/**
 * Checks requests and limits of a container (ValidateContainerResourceRequirements). Pods share
 * them with the template they are made from, so faultless ones without claims are remembered.
 */
export function validateRequirements(
  errors: FieldErrors,
  requirements: Requirements,
  field: string,
  claimNames: ReadonlySet<string> = NO_CLAIMS,
): void {
  const { limits = NO_AMOUNTS, requests = NO_AMOUNTS, claims } = requirements;
  if (!claims && checked.has(requirements)) return;
  const before = errors.length;
  const limitsField = `${field}.limits`;
  const requestsField = `${field}.requests`;
  const seen: Seen = { compute: false, hugePages: false };
  for (const name of Object.keys(limits).sort()) {
    validateContainerResourceName(errors, name, `${limitsField}[${name}]`);
    validateAmount(errors, name, limits[name] as string, `${limitsField}[${name}]`);
    note(seen, name);
  }
  for (const name of Object.keys(requests).sort()) {
    const amount = requests[name] as string;
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    validateContainerResourceName(errors, name, `${requestsField}[${name}]`);
    validateAmount(errors, name, amount, `${requestsField}[${name}]`);
    if (limit !== undefined) {
      const comparison = compareQuantities(amount, limit);
      if (comparison !== 0 && !isOvercommitAllowed(name))
        errors.push(invalidField(requestsField, amount, `must be equal to ${name} limit of ${limit}`));
      else if (comparison > 0) errors.push(invalidField(requestsField, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (!isOvercommitAllowed(name)) errors.push(requiredField(limitsField, 'Limit must be set for non overcommitable resources'));
    note(seen, name);
  }
  if (seen.hugePages && !seen.compute) errors.push(forbiddenField(field, 'HugePages require cpu or memory'));
  if (claims) validateClaims(errors, claims, `${field}.claims`, claimNames);
  if (errors.length === before) checked.add(requirements);
}

const NO_CLAIMS: ReadonlySet<string> = new Set();
const NO_AMOUNTS: Readonly<Record<string, string>> = {};

function validateClaims(
  errors: FieldErrors,
  claims: NonNullable<Requirements['claims']>,
  field: string,
  claimNames: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  claims.forEach(({ name, request }, i) => {
    const at = `${field}[${i}]`;
    if (!name) {
      errors.push(requiredField(`${at}.name`));
      return;
    }
    const key = request ? `${name}/${request}` : name;
    if (seen.has(key)) errors.push(duplicateField(at, key));
    seen.add(key);
    if (claimNames.has(name)) return;
    const whence =
      claimNames.size === 0
        ? 'must be one of the names in pod.spec.resourceClaims which is empty'
        : 'must be one of the names in pod.spec.resourceClaims';
    errors.push(notFoundField(at, name, whence));
  });
}
