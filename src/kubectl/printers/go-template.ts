import { CliError } from '../errors.ts';
import type { KubeObject } from '../../api/object.ts';

/** Prints `-o go-template=...`. */
export function templatePrinter(text: string, _allowMissing: boolean): (object: KubeObject) => string {
  throw new CliError(`go-template output is not supported yet (template ${JSON.stringify(text)}): use jsonpath or custom-columns`);
}
