import { addProblems, duplicateField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { isLabelValue, isQualifiedName } from '../names.ts';
import { TAINT_EFFECTS } from './pod/validate-scheduling.ts';
import type { Taint } from 'kubernetes-types/core/v1';

const SHAPES: Shapes = { Taint: 'Key Value Effect TimeAdded*' };

/** Checks the taints of a node (validateNodeTaints). */
export function validateTaints(errors: FieldErrors, taints: readonly Taint[], field: string): void {
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const { key = '', value = '', effect } = taint;
    const at = `${field}[${i}]`;
    addProblems(errors, `${at}.key`, key, isQualifiedName(key));
    const problems = isLabelValue(value);
    if (problems.length > 0) errors.push(invalidField(`${at}.value`, value, problems.join(';')));
    if (!effect) errors.push(requiredField(`${at}.effect`));
    else if (!TAINT_EFFECTS.includes(effect)) errors.push(unsupportedField(`${at}.effect`, effect, TAINT_EFFECTS));
    const pair = `${effect}/${key}`;
    if (seen.has(pair)) errors.push(duplicateField(at, goShape(SHAPES, 'Taint', taint), 'taints must be unique by key and effect pair'));
    seen.add(pair);
  });
}
