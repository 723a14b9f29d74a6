import { badRequest, invalid, ApiError, type FieldError } from '../api/status.ts';
import { decodeContinue, type ContinueToken } from './continue-token.ts';
import { unclassified } from './errors.ts';
import type { Call } from './call.ts';

/** What a list or a watch asks for beside its selectors (metainternalversion ListOptions). */
export interface ListOptions {
  /** '' and '0' have meanings of their own; everything else is a number. */
  readonly resourceVersion: string;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  /** 0: no limit. */
  readonly limit: number;
  readonly continue: ContinueToken | undefined;
  readonly timeoutSeconds: number;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
}

const DEFAULTS: ListOptions = {
  resourceVersion: '',
  match: '',
  limit: 0,
  continue: undefined,
  timeoutSeconds: 0,
  allowWatchBookmarks: false,
  sendInitialEvents: undefined,
};

/** Truth as Go's query decoder sees it: everything but an empty text, `0` and `false`. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

function integer(call: Call, name: string): number {
  const text = call.query(name);
  if (text === undefined || text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw badRequest(`strconv.ParseInt: parsing "${text}": value out of range`);
  return value;
}

/** Reads and checks the options. Throws BadRequest, Invalid. */
export function listOptionsOf(call: Call, isWatch: boolean): ListOptions {
  if (call.request.query.length === 0) return DEFAULTS;
  const resourceVersion = call.query('resourceVersion') ?? '';
  const match = call.query('resourceVersionMatch') ?? '';
  const sendInitialEvents = call.query('sendInitialEvents');
  const token = call.query('continue') ?? '';
  const problem = problemOf({
    resourceVersion,
    match,
    token,
    sendInitialEvents,
    isWatch,
    allowWatchBookmarks: isTrue(call.query('allowWatchBookmarks')),
  });
  if (problem) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', problem);
  if (token && resourceVersion !== '' && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  return {
    resourceVersion,
    match: match as ListOptions['match'],
    limit: Math.max(0, integer(call, 'limit')),
    continue: token ? decodeContinue(token) : undefined,
    timeoutSeconds: integer(call, 'timeoutSeconds'),
    allowWatchBookmarks: isTrue(call.query('allowWatchBookmarks')),
    sendInitialEvents: sendInitialEvents === undefined ? undefined : isTrue(sendInitialEvents),
  };
}

interface Given {
  readonly resourceVersion: string;
  readonly match: string;
  readonly token: string;
  readonly sendInitialEvents: string | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly isWatch: boolean;
}

/** metainternalversion validation.ValidateListOptions. */
function problemOf(given: Given): FieldError[] | undefined {
  const { resourceVersion, match, token, sendInitialEvents, isWatch } = given;
  const forbid = (field: string, detail: string): FieldError[] => [
    { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` },
  ];
  if (sendInitialEvents !== undefined && isWatch) {
    const errors: FieldError[] = [];
    if (match !== 'NotOlderThan')
      errors.push(...forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
    if (isTrue(sendInitialEvents) && !given.allowWatchBookmarks)
      errors.push(...forbid('allowWatchBookmarks', 'sendInitialEvents requires setting allowWatchBookmarks to true'));
    return errors.length > 0 ? errors : undefined;
  }
  if (sendInitialEvents !== undefined) return forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  if (match === '') return undefined;
  if (isWatch) return forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (resourceVersion === '') return forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (token) return forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    return [
      {
        reason: 'FieldValueNotSupported',
        field: 'resourceVersionMatch',
        message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
      },
    ];
  }
  if (match === 'Exact' && resourceVersion === '0')
    return forbid('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  return undefined;
}

/** The revision that a resourceVersion names. A list answers nonsense with 400, everything else with 500. */
export function revisionOf(resourceVersion: string, isList: boolean): number {
  if (/^\d+$/.test(resourceVersion) && Number.isSafeInteger(Number(resourceVersion))) return Number(resourceVersion);
  const fault = /^\d+$/.test(resourceVersion) ? 'value out of range' : 'invalid syntax';
  const message = `resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: ${fault}`;
  throw isList ? badRequest(message) : unclassified(message);
}

/** A version that the server has not reached, and does not reach within three seconds. */
export function tooLargeResourceVersion(asked: number, present: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${present}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
