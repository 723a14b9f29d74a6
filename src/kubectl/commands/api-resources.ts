import { indentedJson } from '../../api/print.ts';
import { printYaml } from '../../api/yaml.ts';
import { command } from '../command.ts';
import { CliError, UsageError } from '../errors.ts';
import { preferredKinds } from '../discovery.ts';
import { RowAligner } from '../printers/tabwriter.ts';
import type { Kind } from '../../api/kind.ts';

interface ApiResourcesOptions {
  readonly args: readonly string[];
  readonly output: string;
  readonly noHeaders: boolean;
  readonly sortBy: string;
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean | undefined;
  readonly group: string | undefined;
}

export const apiResources = command<ApiResourcesOptions>({
  name: 'api-resources',
  usage: 'kubectl api-resources',
  short: 'Print the supported API resources on the server',
  long: 'Print the supported API resources on the server.',
  examples: `# Print the supported API resources
kubectl api-resources

# Print the supported API resources with more information
kubectl api-resources -o wide

# Print the supported namespaced resources
kubectl api-resources --namespaced=true

# Print the supported API resources with a specific APIGroup
kubectl api-resources --api-group=rbac.authorization.k8s.io`,
  flags: [
    { name: 'api-group', kind: 'string', usage: 'Limit to resources in the specified API group.' },
    { name: 'cached', kind: 'bool', usage: 'Use the cached list of resources if available.' },
    { name: 'categories', kind: 'strings', usage: 'Limit to resources that belong to the specified categories.' },
    {
      name: 'namespaced',
      kind: 'bool',
      default: 'true',
      usage: 'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
    },
    {
      name: 'no-headers',
      kind: 'bool',
      usage: "When using the default or custom-column output format, don't print headers (default print headers).",
    },
    { name: 'output', shorthand: 'o', kind: 'string', usage: 'Output format. One of: (json, yaml, kyaml, name, wide).' },
    {
      name: 'sort-by',
      kind: 'string',
      usage: "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
    },
    { name: 'verbs', kind: 'strings', usage: 'Limit to resources that support the specified verbs.' },
  ],
  complete(_cli, { flags, args }) {
    return {
      args,
      output: flags.string('output'),
      noHeaders: flags.bool('no-headers'),
      sortBy: flags.string('sort-by'),
      verbs: flags.strings('verbs'),
      categories: flags.strings('categories'),
      namespaced: flags.changed('namespaced') ? flags.bool('namespaced') : undefined,
      group: flags.changed('api-group') ? flags.string('api-group') : undefined,
    };
  },
  validate({ args, output, sortBy }) {
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
    if (!['', 'wide', 'name', 'json', 'yaml', 'kyaml'].includes(output)) throw new CliError(`--output ${output} is not available`);
    if (!['', 'name', 'kind'].includes(sortBy)) throw new CliError('--sort-by accepts only name or kind');
  },
  *run(cli, options) {
    const kinds = preferredKinds(yield* cli.discovery.refresh());
    const shown = kinds.filter((kind) => matches(kind, options)).sort(order(options.sortBy));
    if (options.output === 'name')
      return yield* cli.out(shown.map((kind) => `${kind.resource}${kind.group ? `.${kind.group}` : ''}\n`).join(''));
    if (options.output !== '' && options.output !== 'wide') return yield* cli.out(asList(shown, options.output));
    yield* cli.out(tableOf(shown, options));
  },
});

function matches(kind: Kind, { group, namespaced, verbs, categories }: ApiResourcesOptions): boolean {
  if (group !== undefined && kind.group !== group) return false;
  if (namespaced !== undefined && kind.namespaced !== namespaced) return false;
  if (kind.verbs.length === 0) return false;
  return verbs.every((verb) => kind.verbs.includes(verb)) && categories.every((category) => kind.categories.includes(category));
}

function order(sortBy: string): (a: Kind, b: Kind) => number {
  const compare = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  if (sortBy === 'kind') return (a, b) => compare(a.kind, b.kind);
  if (sortBy === 'name') return (a, b) => compare(a.resource, b.resource);
  return (a, b) => compare(a.group, b.group) || compare(a.resource, b.resource);
}

function tableOf(kinds: readonly Kind[], { output, noHeaders }: ApiResourcesOptions): string {
  const wide = output === 'wide';
  const rows = kinds.map((kind) => {
    const row = [kind.resource, kind.shortNames.join(','), kind.apiVersion, String(kind.namespaced), kind.kind];
    return wide ? [...row, [...kind.verbs].sort().join(','), kind.categories.join(',')] : row;
  });
  const headers = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])];
  return new RowAligner().align(noHeaders ? rows : [headers, ...rows]);
}

function asList(kinds: readonly Kind[], format: string): string {
  const resources = kinds.map((kind) => ({
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    group: kind.group || undefined,
    version: kind.version,
    kind: kind.kind,
    verbs: [...kind.verbs].sort(),
    shortNames: kind.shortNames.length > 0 ? kind.shortNames : undefined,
    categories: kind.categories.length > 0 ? kind.categories : undefined,
  }));
  const list = { apiVersion: 'v1', groupVersion: '', kind: 'APIResourceList', resources };
  return format === 'json' ? `${indentedJson(list)}\n` : printYaml(list);
}

export const apiVersions = command<readonly string[]>({
  name: 'api-versions',
  usage: 'kubectl api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  long: 'Print the supported API versions on the server, in the form of "group/version".',
  examples: '# Print the supported API versions\nkubectl api-versions',
  complete: (_cli, { args }) => args,
  validate(args) {
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
  },
  *run(cli) {
    const { groups } = yield* cli.discovery.refresh();
    const versions = groups.flatMap(({ name, versions }) => versions.map((version) => (name ? `${name}/${version}` : version)));
    const all = new Set(['v1', ...versions]);
    yield* cli.out(
      [...all]
        .sort()
        .map((version) => `${version}\n`)
        .join(''),
    );
  },
});
