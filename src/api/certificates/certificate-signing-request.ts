import { equalValues } from '../equal.ts';
import { invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { humanDuration } from '../../base/time.ts';
import { builtin } from '../kind.ts';
import { withFieldOf } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { CertificateSigningRequest } from 'kubernetes-types/certificates/v1';

const SHORTEST_SECONDS = 600;

function validate({ spec }: CertificateSigningRequest): FieldErrors {
  const errors: FieldErrors = [];
  if (!spec?.request) errors.push(requiredField('spec.request', 'must be a PEM encoded certificate signing request'));
  if (!spec?.usages?.length) errors.push(requiredField('spec.usages', 'usages must be specified'));
  if (!spec?.signerName) errors.push(requiredField('spec.signerName'));
  else if (!/^[^/]+\.[^/]+\/.+$/.test(spec.signerName)) {
    errors.push(
      invalidField('spec.signerName', spec.signerName, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    );
  }
  const seconds = spec?.expirationSeconds;
  if (typeof seconds === 'number' && seconds < SHORTEST_SECONDS)
    errors.push(invalidField('spec.expirationSeconds', seconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  return errors;
}

/** `Approved,Issued`, `Denied`, `Pending`: what Tables show as the condition. */
function conditionText({ status }: CertificateSigningRequest): string {
  const conditions = status?.conditions ?? [];
  const has = (type: string) => conditions.some((condition) => condition.type === type);
  let text = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  if (has('Failed')) text += ',Failed';
  return status?.certificate ? `${text},Issued` : text;
}

export const certificateSigningRequestBehaviour: KindBehaviour<CertificateSigningRequest> = {
  kind: builtin<CertificateSigningRequest>('certificates.k8s.io/v1', 'certificatesigningrequests'),
  initialStatus: () => ({}),
  validate,
  prepareForUpdate: (request, old) => withFieldOf(request, 'spec', old),
  prepareForSubresource: (request, old) => ({
    ...withFieldOf(request, 'spec', old),
    status: { ...old.status, conditions: request.status?.conditions as never },
  }),
  validateUpdate: (request, old) => (equalValues(request.spec, old.spec) ? [] : [invalidField('spec', request.spec, 'field is immutable')]),
  selectableFields: { 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
  row: (request, context) =>
    row(
      request.metadata?.name ?? '',
      ageOf(request, context),
      request.spec?.signerName || '<none>',
      request.spec?.username ?? '',
      typeof request.spec?.expirationSeconds === 'number' ? humanDuration(request.spec.expirationSeconds * 1000) : '<none>',
      conditionText(request),
    ),
};
