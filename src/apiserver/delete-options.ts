import { badRequest } from '../api/status.ts';
import { readValue } from './body.ts';
import type { Call } from './call.ts';
import type { DeleteOptions } from './verbs/delete.ts';

/** DeleteOptions from the body, or from the query when there is no body. */
export function deleteOptionsOf(call: Call): DeleteOptions {
  const body = readValue(call) as Record<string, any> | undefined;
  if (body && Object.keys(body).length > 0) {
    const { gracePeriodSeconds, preconditions, propagationPolicy, orphanDependents, dryRun } = body;
    return { gracePeriodSeconds, preconditions, propagationPolicy, orphanDependents, dryRun: Boolean(dryRun?.length) || call.dryRun };
  }
  const grace = call.query('gracePeriodSeconds');
  if (grace !== undefined && !/^-?\d+$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing "${grace}": invalid syntax`);
  const orphan = call.query('orphanDependents');
  return {
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
    propagationPolicy: call.query('propagationPolicy'),
    orphanDependents: orphan === undefined ? undefined : orphan !== 'false' && orphan !== '0',
    dryRun: call.dryRun,
  };
}
