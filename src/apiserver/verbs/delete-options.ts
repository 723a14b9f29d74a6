import { badRequest, invalid, type FieldError } from '../../api/status.ts';
import { dryRunErrors } from '../write-options.ts';
import { isTrue } from '../list-options.ts';
import { readValue } from '../body.ts';
import type { Call } from '../call.ts';
import type { DeleteOptions } from './delete.ts';

const POLICIES = ['Foreground', 'Background', 'Orphan'];

type Body = Record<string, any>;

/** DeleteOptions from the body, or from the query when there is no body. Throws BadRequest, Invalid. */
export function deleteOptionsOf(call: Call): DeleteOptions {
  const body = readValue(call) as Body | undefined | null;
  if (body === undefined || body === null) return checked(fromQuery(call));
  if (typeof body !== 'object' || Array.isArray(body)) throw badRequest('json: cannot unmarshal into Go value of type v1.DeleteOptions');
  return checked(fromBody(body, call));
}

function fromQuery(call: Call): DeleteOptions {
  const grace = call.query('gracePeriodSeconds');
  if (grace !== undefined && !/^-?\d+$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing "${grace}": invalid syntax`);
  const orphan = call.query('orphanDependents');
  return {
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
    propagationPolicy: call.query('propagationPolicy'),
    orphanDependents: orphan === undefined ? undefined : isTrue(orphan),
    dryRunValues: call.queries('dryRun'),
    dryRun: call.dryRun,
  };
}

/** DeleteOptions that are part of another body. Throws BadRequest, Invalid. */
export function optionsFromBody(body: Record<string, unknown>, call: Call): DeleteOptions {
  return checked(fromBody(body, call));
}

function fromBody(body: Body, call: Call): DeleteOptions {
  const { kind, apiVersion } = body;
  if (kind && kind !== 'DeleteOptions') {
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion ?? ''}" in scheme "pkg/apis/meta/internalversion/scheme/register.go:27"`,
    );
  }
  const { gracePeriodSeconds, preconditions, propagationPolicy, orphanDependents, dryRun } = body;
  if (gracePeriodSeconds !== undefined && gracePeriodSeconds !== null && !Number.isSafeInteger(gracePeriodSeconds)) {
    throw badRequest(
      `json: cannot unmarshal ${typeof gracePeriodSeconds} into Go struct field DeleteOptions.gracePeriodSeconds of type int64`,
    );
  }
  return {
    gracePeriodSeconds: gracePeriodSeconds ?? undefined,
    preconditions: preconditions ?? undefined,
    propagationPolicy: propagationPolicy ?? undefined,
    orphanDependents: orphanDependents ?? undefined,
    dryRunValues: [...(Array.isArray(dryRun) ? (dryRun as string[]) : []), ...call.queries('dryRun')],
    dryRun: (Array.isArray(dryRun) && dryRun.length > 0) || call.dryRun,
  };
}

/** metav1 validation.ValidateDeleteOptions. */
function checked(options: DeleteOptions): DeleteOptions {
  const errors: FieldError[] = [];
  const { propagationPolicy: policy } = options;
  const quoted = JSON.stringify(policy);
  if (policy !== undefined && options.orphanDependents !== undefined) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'propagationPolicy',
      message: `Invalid value: ${quoted}: orphanDependents and deletionPropagation cannot be both set`,
    });
  }
  if (policy !== undefined && !POLICIES.includes(policy)) {
    const supported = [...POLICIES, 'nil'].map((name) => JSON.stringify(name)).join(', ');
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      message: `Unsupported value: ${quoted}: supported values: ${supported}`,
    });
  }
  errors.push(...dryRunErrors(options.dryRunValues ?? []));
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  return options;
}
