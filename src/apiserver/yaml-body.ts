import { parseDocument, YAMLParseError, YAMLWarning } from 'yaml';
import { JsonSyntaxError } from '../api/json.ts';

/** A YAML body as JSON, read as YAML 1.1 as Kubernetes does. Throws JsonSyntaxError. */
export function readYaml(text: string): { value: unknown; duplicates: undefined } {
  try {
    const document = parseDocument(text, { version: '1.1', uniqueKeys: false, merge: true, logLevel: 'error' });
    const [error] = document.errors;
    if (error) throw error;
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown, duplicates: undefined };
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof YAMLWarning || error instanceof ReferenceError) throw new JsonSyntaxError(`error converting YAML to JSON: yaml: ${error.message}`);
    throw error;
  }
}
