import { CliError } from '../errors.ts';

/** The arguments of label and annotate: resources first, then `key=value` and `key-`. */
export interface Pairs {
  readonly resources: readonly string[];
  readonly changes: readonly string[];
}

/** Throws {@link CliError} when a resource follows a change. */
export function splitPairs(args: readonly string[], what: string): Pairs {
  const isChange = (argument: string) => argument.includes('=') || (argument.endsWith('-') && argument !== '-');
  const at = args.findIndex(isChange);
  if (at < 0) return { resources: args, changes: [] };
  const late = args.slice(at).find((argument) => !isChange(argument));
  if (late !== undefined) throw new CliError(`all resources must be specified before ${what} changes: ${late}`);
  return { resources: args.slice(0, at), changes: args.slice(at) };
}
