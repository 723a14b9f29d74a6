import { JsonSyntaxError } from '../api/json.ts';
import { readYaml as read, YamlError } from '../api/yaml.ts';

/** A YAML body as JSON, read as YAML 1.1 as Kubernetes does. Throws JsonSyntaxError. */
export function readYaml(text: string): { value: unknown; duplicates: undefined } {
  try {
    return { value: read(text), duplicates: undefined };
  } catch (error) {
    if (error instanceof YamlError) throw new JsonSyntaxError(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}
