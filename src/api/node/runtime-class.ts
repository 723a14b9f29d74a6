import { addProblems, IMMUTABLE, invalidField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isDns1123Label } from '../names.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { RuntimeClass } from 'kubernetes-types/node/v1';

export const runtimeClassBehaviour: KindBehaviour<RuntimeClass> = {
  kind: builtin<RuntimeClass>('node.k8s.io/v1', 'runtimeclasses'),
  validate: ({ handler = '' }) => {
    const errors: FieldErrors = [];
    addProblems(errors, 'handler', handler, isDns1123Label(handler));
    return errors;
  },
  validateUpdate: (item, old) => (item.handler === old.handler ? [] : [invalidField('handler', item.handler, IMMUTABLE)]),
  row: (item, context) => row(item.metadata?.name ?? '', item.handler, ageOf(item, context)),
};
