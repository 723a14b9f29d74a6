import {
  addProblems,
  checkNotNegative,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../../field-errors.ts';
import { isHttpHeaderName, isPortName, isPortNumber } from '../../names.ts';
import type { HTTPGetAction, LifecycleHandler, Lifecycle, Probe } from 'kubernetes-types/core/v1';

type Handler = LifecycleHandler & Pick<Probe, 'grpc'> & { sleep?: { seconds: number } };
type HandlerKind = 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep';
const HANDLERS: readonly HandlerKind[] = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

/** A port by number or by name (ValidatePortNumOrName). */
export function validatePortOrName(errors: FieldErrors, port: number | string | undefined, field: string): void {
  if (typeof port === 'string') addProblems(errors, field, port, isPortName(port));
  else addProblems(errors, field, port ?? 0, isPortNumber(port ?? 0));
}

function validateHttpGet(errors: FieldErrors, action: HTTPGetAction, field: string): void {
  if (!action.path) errors.push(requiredField(`${field}.path`));
  validatePortOrName(errors, action.port, `${field}.port`);
  if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS')
    errors.push(unsupportedField(`${field}.scheme`, action.scheme ?? '', ['HTTP', 'HTTPS']));
  action.httpHeaders?.forEach(({ name }) => addProblems(errors, `${field}.httpHeaders`, name, isHttpHeaderName(name)));
}

function validateAction(
  errors: FieldErrors,
  handler: Handler,
  kind: HandlerKind,
  field: string,
  gracePeriodSeconds: number | undefined,
): void {
  const at = `${field}.${kind}`;
  if (kind === 'exec') {
    if (!handler.exec?.command?.length) errors.push(requiredField(`${at}.command`));
  } else if (kind === 'httpGet') validateHttpGet(errors, handler.httpGet as HTTPGetAction, at);
  else if (kind === 'tcpSocket') validatePortOrName(errors, handler.tcpSocket?.port, `${at}.port`);
  else if (kind === 'grpc') addProblems(errors, `${at}.port`, handler.grpc?.port ?? 0, isPortNumber(handler.grpc?.port ?? 0));
  else {
    const seconds = handler.sleep?.seconds ?? 0;
    if (gracePeriodSeconds !== undefined && (seconds < 0 || seconds > gracePeriodSeconds)) {
      errors.push(invalidField(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriodSeconds})`));
    }
  }
}

/** Exactly one way of asking, and that a right one (validateHandler). */
function validateHandler(errors: FieldErrors, handler: Handler, field: string, gracePeriodSeconds?: number): void {
  let found = false;
  for (const kind of HANDLERS) {
    if (handler[kind] === undefined || handler[kind] === null) continue;
    if (found) errors.push(forbiddenField(`${field}.${kind}`, 'may not specify more than 1 handler type'));
    else validateAction(errors, handler, kind, field, gracePeriodSeconds);
    found = true;
  }
  if (!found) errors.push(requiredField(field, 'must specify a handler type'));
}

export type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

const checked = new WeakMap<Probe, ProbeKind>();

/** Checks a probe. Pods share theirs with the template they are made from, so faultless ones are remembered. */
export function validateProbe(errors: FieldErrors, probe: Probe, kind: ProbeKind, field: string): void {
  if (checked.get(probe) === kind) return;
  const before = errors.length;
  validateHandler(errors, probe, field);
  checkNotNegative(errors, `${field}.initialDelaySeconds`, probe.initialDelaySeconds);
  checkNotNegative(errors, `${field}.timeoutSeconds`, probe.timeoutSeconds);
  checkNotNegative(errors, `${field}.periodSeconds`, probe.periodSeconds);
  checkNotNegative(errors, `${field}.successThreshold`, probe.successThreshold);
  checkNotNegative(errors, `${field}.failureThreshold`, probe.failureThreshold);
  const grace = probe.terminationGracePeriodSeconds;
  if (typeof grace === 'number' && grace <= 0)
    errors.push(invalidField(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  if (kind === 'readinessProbe') {
    if (typeof grace === 'number')
      errors.push(invalidField(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
  } else if (probe.successThreshold !== 1) errors.push(invalidField(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  if (errors.length === before) checked.set(probe, kind);
}

export function validateLifecycle(errors: FieldErrors, lifecycle: Lifecycle, field: string, gracePeriodSeconds: number | undefined): void {
  if (lifecycle.postStart) validateHandler(errors, lifecycle.postStart, `${field}.postStart`, gracePeriodSeconds);
  if (lifecycle.preStop) validateHandler(errors, lifecycle.preStop, `${field}.preStop`, gracePeriodSeconds);
}
