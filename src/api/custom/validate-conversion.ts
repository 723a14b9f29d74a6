import { forbiddenField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { isDns1035Label } from '../names.ts';
import type { DefinitionConversion } from './definition-types.ts';

const PATH = 'spec.conversion';
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** How objects get from one version to another. */
export function validateConversion(conversion: DefinitionConversion | undefined, preserving: boolean, errors: FieldErrors): void {
  if (!conversion) return;
  const { strategy, webhook } = conversion;
  if (strategy !== 'None' && preserving)
    errors.push(invalidField(`${PATH}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true'));
  if (!strategy) errors.push(requiredField(`${PATH}.strategy`));
  else if (strategy !== 'None' && strategy !== 'Webhook') errors.push(unsupportedField(`${PATH}.strategy`, strategy, ['None', 'Webhook']));
  const clientConfig = webhook?.clientConfig;
  const reviewVersions = webhook?.conversionReviewVersions ?? [];
  if (strategy !== 'Webhook') {
    if (clientConfig) errors.push(forbiddenField(`${PATH}.webhookClientConfig`, 'should not be set when strategy is not set to Webhook'));
    if (reviewVersions.length > 0)
      errors.push(forbiddenField(`${PATH}.conversionReviewVersions`, 'should not be set when strategy is not set to Webhook'));
    return;
  }
  if (!clientConfig) errors.push(requiredField(`${PATH}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  else if ((clientConfig.url === undefined) === (clientConfig.service === undefined)) {
    errors.push(requiredField(`${PATH}.webhookClientConfig`, 'exactly one of url or service is required'));
  } else if (clientConfig.url !== undefined && !clientConfig.url.startsWith('https://')) {
    errors.push(
      invalidField(
        `${PATH}.webhookClientConfig.url`,
        clientConfig.url,
        "'https' is the only allowed URL scheme; desired format: https://host[/path]",
      ),
    );
  }
  validateReviewVersions(reviewVersions, errors);
}

function validateReviewVersions(versions: readonly string[], errors: FieldErrors): void {
  const path = `${PATH}.conversionReviewVersions`;
  if (versions.length === 0) {
    errors.push(requiredField(path));
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.push(invalidField(`${path}[${i}]`, version, 'duplicate version'));
    else for (const problem of isDns1035Label(version)) errors.push(invalidField(`${path}[${i}]`, version, problem));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(invalidField(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}
