import { ApiError, type StatusCause } from '../api/status.ts';
import { FileError } from '../machine/files.ts';
import { NetError } from '../net/fabric.ts';
import { quote } from '../base/quote.ts';

/** Something a command cannot do. Printed as `error: <message>`. */
export class CliError extends Error {
  override name = 'CliError';
}

/** Wrong use of a command: the message, then where to find help. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Printed as it stands. */
export class PlainError extends Error {
  override name = 'PlainError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Ends the program with a code, without a word. */
export class Exit extends Error {
  override name = 'Exit';
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Several errors of one command, printed one after the other. */
export class Errors extends Error {
  override name = 'Errors';
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super(errors.map(messageOf).join('\n'));
    this.errors = errors;
  }
}

/** A kind or resource that the server does not know. */
export class NoMatch extends Error {
  override name = 'NoMatch';
}

/** Throws what has gathered: nothing, the one error, or all of them. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new Errors(errors);
}

/** The bare message of an error, without how kubectl introduces it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Errors that the world can cause, as opposed to bugs of this program. */
export function isExpected(error: unknown): boolean {
  return (
    error instanceof ApiError ||
    error instanceof NetError ||
    error instanceof CliError ||
    error instanceof UsageError ||
    error instanceof PlainError ||
    error instanceof Errors ||
    error instanceof NoMatch ||
    error instanceof FileError
  );
}

/** The same failure with `error when creating "web.yaml": ` before its message (kubectl AddSourceToErr). */
export function withSource(verb: string, source: string, error: unknown): unknown {
  if (!source) return error;
  const prefix = `error when ${verb} ${quote(source)}: `;
  if (error instanceof ApiError) {
    const { code, reason, details } = error.status;
    return new ApiError(code, reason, prefix + error.message, details);
  }
  if (error instanceof NetError || !isExpected(error)) return error;
  return new CliError(prefix + messageOf(error));
}

/** What kubectl prints on standard error for a failed command (kubectl pkg/cmd/util/helpers.go, checkErr). */
export function errorText(error: unknown): string {
  if (error instanceof PlainError) return lineOf(error.message);
  if (error instanceof Errors) return error.errors.map((one) => lineOf(oneOfSeveral(one))).join('');
  if (error instanceof ApiError && error.reason === 'Invalid') return lineOf(invalidText(error));
  const standard = standardText(error);
  if (standard !== undefined) return lineOf(standard);
  const message = messageOf(error);
  return lineOf(message.startsWith('error: ') ? message : `error: ${message}`);
}

function oneOfSeveral(error: unknown): string {
  return standardText(error) ?? messageOf(error);
}

function lineOf(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function standardText(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
    return error.reason ? `Error from server (${error.reason}): ${error.message}` : `Error from server: ${error.message}`;
  }
  if (error instanceof NetError) {
    if (error.code === 'ECONNREFUSED')
      return `The connection to the server ${error.address} was refused - did you specify the right host or port?`;
    return `Unable to connect to the server: ${error.message}`;
  }
  return undefined;
}

function invalidText(error: ApiError): string {
  const { details, message } = error.status;
  if (!details) return message ? `The request is invalid: ${message}` : 'The request is invalid';
  const causes = causeTexts(details.causes ?? []);
  let text = 'The request is invalid';
  if (details.kind || details.name) text = `The ${details.kind ?? ''} ${quote(details.name ?? '')} is invalid`;
  else if (message && causes.length === 0) text += `: ${message}`;
  if (causes.length === 0) return text;
  if (causes.length === 1) return `${text}: ${causes[0]}`;
  return `${text}: \n${causes.map((cause) => `* ${cause}`).join('\n')}`;
}

function causeTexts(causes: readonly StatusCause[]): string[] {
  return [...new Set(causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message ?? ''}` : (cause.message ?? ''))))];
}
