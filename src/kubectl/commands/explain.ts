import { command } from '../command.ts';
import { CliError, NoMatch, PlainError } from '../errors.ts';
import { Schemas, type Schema } from '../explain/schema.ts';
import { explanation, headText } from '../explain/text.ts';
import type { Kind } from '../../api/kind.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface ExplainOptions {
  readonly resource: string;
  readonly fields: readonly string[];
  readonly recursive: boolean;
  readonly apiVersion: string;
}

export const explain = command<ExplainOptions>({
  name: 'explain',
  usage: 'kubectl explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  short: 'Get documentation for a resource',
  long: `Describe fields and structure of various resources.

 This command describes the fields associated with each supported API resource. Fields are identified via a simple JSONPath identifier:

        <type>.<fieldName>[.<fieldName>]

 Information about each field is retrieved from the server in OpenAPI format.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# Get the documentation of the resource and its fields
kubectl explain pods

# Get all the fields in the resource
kubectl explain pods --recursive

# Get the documentation of a specific field of a resource
kubectl explain pods.spec.containers`,
  flags: [
    { name: 'api-version', kind: 'string', usage: 'Use given api-version (group/version) of the resource.' },
    {
      name: 'output',
      shorthand: 'o',
      kind: 'string',
      default: 'plaintext',
      usage: 'Format in which to render the schema. Valid values are: (plaintext, plaintext-openapiv2).',
    },
    {
      name: 'recursive',
      kind: 'bool',
      usage: 'When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.',
    },
  ],
  complete(_cli, { flags, args }) {
    if (args.length === 0)
      throw new CliError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    if (args.length > 1) throw new CliError('We accept only this format: explain RESOURCE');
    const [resource = '', ...fields] = args[0]!.replace(/\.$/, '').split('.');
    return { resource, fields, recursive: flags.bool('recursive'), apiVersion: flags.string('api-version') };
  },
  *run(cli, { resource, fields, recursive, apiVersion }) {
    const kind = yield* kindOf(cli, resource, apiVersion);
    const schemas = yield* Schemas.read(cli.api, kind);
    const root = schemas.ofKind(kind);
    if (!root) throw new CliError(`couldn't find resource for "${kind.apiVersion}, Kind=${kind.kind}"`);
    yield* cli.out(headText(kind));
    let schema: Schema = root;
    for (const field of fields) {
      const next = schemas.structure(schema).properties?.[field];
      if (!next) throw new CliError(`field "${field}" does not exist`);
      schema = next;
    }
    yield* cli.out(explanation(schemas, schema, fields.at(-1), recursive));
  },
});

function* kindOf(cli: Cli, resource: string, apiVersion: string): Task<Kind> {
  let kind: Kind;
  try {
    kind = yield* cli.discovery.resource(resource);
  } catch (error) {
    if (error instanceof NoMatch) throw new PlainError(error.message);
    throw error;
  }
  if (apiVersion === '') return kind;
  const other = yield* cli.discovery.kindOf(apiVersion, kind.kind);
  if (!other) throw new CliError(`couldn't find resource for "${apiVersion}, Resource=${kind.resource}"`);
  return other;
}
