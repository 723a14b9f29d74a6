import { requiredField, unsupportedField, invalidField, duplicateField, type FieldErrors } from '../field-errors.ts';
import { builtin, type Kind } from '../kind.ts';
import { changeField, changeItems, withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { validateSelector } from '../validate-selector.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from 'kubernetes-types/admissionregistration/v1';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;
type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;

const GROUP_VERSION = 'admissionregistration.k8s.io/v1';
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const LONGEST_TIMEOUT_SECONDS = 30;
const WEBHOOK: Partial<Webhook> = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};

function defaultWebhook(given: Webhook, mutating: boolean): Webhook {
  let webhook = withDefaults(given, mutating ? { ...WEBHOOK, reinvocationPolicy: 'Never' } : WEBHOOK);
  webhook = changeItems(webhook, 'rules', (rule) => withDefaults(rule, { scope: '*' } as never));
  return changeField(webhook, 'clientConfig', (config) =>
    changeField(config, 'service', (service) => withDefaults(service, { port: 443 })),
  );
}

function validateWebhook(errors: FieldErrors, webhook: Webhook, at: string): void {
  const { name, clientConfig, sideEffects, admissionReviewVersions, timeoutSeconds, failurePolicy, matchPolicy } = webhook;
  if (!name || name.split('.').length < 3)
    errors.push(invalidField(`${at}.name`, name ?? '', 'should be a domain with at least three segments separated by dots'));
  if (failurePolicy && failurePolicy !== 'Fail' && failurePolicy !== 'Ignore')
    errors.push(unsupportedField(`${at}.failurePolicy`, failurePolicy, ['Fail', 'Ignore']));
  if (matchPolicy && matchPolicy !== 'Equivalent' && matchPolicy !== 'Exact')
    errors.push(unsupportedField(`${at}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact']));
  if (!sideEffects) errors.push(requiredField(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  else if (!SIDE_EFFECTS.includes(sideEffects)) errors.push(unsupportedField(`${at}.sideEffects`, sideEffects, SIDE_EFFECTS));
  if (typeof timeoutSeconds === 'number' && (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT_SECONDS)) {
    errors.push(invalidField(`${at}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  }
  validateSelector(errors, webhook.namespaceSelector, `${at}.namespaceSelector`);
  validateSelector(errors, webhook.objectSelector, `${at}.objectSelector`);
  if (!clientConfig || (clientConfig.url === undefined) === (clientConfig.service === undefined)) {
    errors.push(requiredField(`${at}.clientConfig`, 'exactly one of url or service is required'));
  }
  if (!admissionReviewVersions?.length)
    errors.push(requiredField(`${at}.admissionReviewVersions`, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
  else if (!admissionReviewVersions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(
      invalidField(`${at}.admissionReviewVersions`, admissionReviewVersions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`),
    );
  }
}

function validate({ webhooks = [] }: Configuration): FieldErrors {
  const errors: FieldErrors = [];
  const names = new Set<string>();
  webhooks.forEach((webhook, i) => {
    validateWebhook(errors, webhook as Webhook, `webhooks[${i}]`);
    if (names.has(webhook.name)) errors.push(duplicateField(`webhooks[${i}].name`, webhook.name));
    names.add(webhook.name);
  });
  return errors;
}

function webhookBehaviour<T extends Configuration>(kind: Kind<T>, mutating: boolean): KindBehaviour<T> {
  return {
    kind,
    defaults: (configuration) =>
      changeItems(configuration as ValidatingWebhookConfiguration, 'webhooks', (webhook) => defaultWebhook(webhook, mutating)) as T,
    counted: true,
    countedFields: ['webhooks'],
    validate,
    row: (configuration, context) =>
      row(configuration.metadata?.name ?? '', configuration.webhooks?.length ?? 0, ageOf(configuration, context)),
  };
}

export const validatingWebhookBehaviour = webhookBehaviour(
  builtin<ValidatingWebhookConfiguration>(GROUP_VERSION, 'validatingwebhookconfigurations'),
  false,
);
export const mutatingWebhookBehaviour = webhookBehaviour(
  builtin<MutatingWebhookConfiguration>(GROUP_VERSION, 'mutatingwebhookconfigurations'),
  true,
);
