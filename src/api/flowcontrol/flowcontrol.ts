import { invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { changeField, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { FlowSchema, PriorityLevelConfiguration } from 'kubernetes-types/flowcontrol/v1';

/* How the server shares itself among its users. */

const GROUP_VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const LARGEST_PRECEDENCE = 10_000;
const QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 };

export const flowSchemaBehaviour: KindBehaviour<FlowSchema> = {
  kind: builtin<FlowSchema>(GROUP_VERSION, 'flowschemas'),
  defaults: (schema) =>
    withField(schema, 'spec', withDefaults(schema.spec ?? ({} as NonNullable<FlowSchema['spec']>), { matchingPrecedence: 1000 })),
  counted: true,
  initialStatus: () => ({}),
  validate: ({ spec }) => {
    const errors: FieldErrors = [];
    const precedence = spec?.matchingPrecedence ?? 0;
    if (precedence <= 0) errors.push(invalidField('spec.matchingPrecedence', precedence, 'must be a positive value'));
    if (precedence > LARGEST_PRECEDENCE)
      errors.push(invalidField('spec.matchingPrecedence', precedence, `must not be greater than ${LARGEST_PRECEDENCE}`));
    if (!spec?.priorityLevelConfiguration?.name)
      errors.push(requiredField('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
    return errors;
  },
  row: (schema, context) => {
    const dangling = schema.status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?';
    return row(
      schema.metadata?.name ?? '',
      schema.spec?.priorityLevelConfiguration?.name ?? '',
      schema.spec?.matchingPrecedence ?? 0,
      schema.spec?.distinguisherMethod?.type ?? '<none>',
      ageOf(schema, context),
      dangling,
    );
  },
};

export const priorityLevelBehaviour: KindBehaviour<PriorityLevelConfiguration> = {
  kind: builtin<PriorityLevelConfiguration>(GROUP_VERSION, 'prioritylevelconfigurations'),
  defaults: (level) =>
    changeField(level, 'spec', (spec) =>
      changeField(
        changeField(spec, 'exempt', (exempt) => withDefaults(exempt, { nominalConcurrencyShares: 0, lendablePercent: 0 })),
        'limited',
        (limited) => {
          const full = withDefaults(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 });
          return changeField(full, 'limitResponse', (response) =>
            response.type === 'Queue' ? withField(response, 'queuing', withDefaults(response.queuing ?? {}, QUEUING)) : response,
          );
        },
      ),
    ),
  counted: true,
  initialStatus: () => ({}),
  validate: ({ spec }) => {
    const type = spec?.type ?? '';
    if (type !== 'Exempt' && type !== 'Limited') return [unsupportedField('spec.type', type, ['Exempt', 'Limited'])];
    return type === 'Limited' && !spec?.limited ? [requiredField('spec.limited', 'must not be empty when type is Limited')] : [];
  },
  row: (level, context) => {
    const { limited, exempt, type } = level.spec ?? { type: '' };
    const queuing = limited?.limitResponse?.queuing;
    const shares = limited?.nominalConcurrencyShares ?? exempt?.nominalConcurrencyShares;
    return row(
      level.metadata?.name ?? '',
      type,
      shares ?? '<none>',
      queuing?.queues ?? '<none>',
      queuing?.handSize ?? '<none>',
      queuing?.queueLengthLimit ?? '<none>',
      ageOf(level, context),
    );
  },
};
