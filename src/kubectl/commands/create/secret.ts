import { encodeBase64 } from '../../../api/base64.ts';
import { SECRETS } from '../../../api/kinds.ts';
import { quote } from '../../../base/quote.ts';
import { isConfigMapKey } from '../../../api/names.ts';
import { generatorCommand, type Generator } from '../../generator.ts';
import { CliError } from '../../errors.ts';
import { contentHash } from './content-hash.ts';
import { gatherSources, readFile, SOURCE_FLAGS } from './sources.ts';
import type { Command } from '../../command.ts';
import type { Flags, FlagSpec } from '../../flags.ts';

const HASH_FLAG: FlagSpec = { name: 'append-hash', kind: 'bool', usage: 'Append a hash of the secret to its name.' };

function secretOf(name: string, type: string, pairs: readonly (readonly [string, string])[], flags: Flags) {
  const data: Record<string, string> = {};
  for (const [key, value] of pairs) {
    const problems = isConfigMapKey(key);
    if (problems.length > 0) throw new CliError(`${quote(key)} is not valid key name for a Secret ${problems.join(';')}`);
    if (key in data) throw new CliError(`cannot add key ${key}, another key by that name already exists`);
    data[key] = encodeBase64(value);
  }
  const withData = Object.keys(data).length > 0;
  const suffix = flags.bool('append-hash') ? `-${contentHash({ data, kind: 'Secret', name, type })}` : '';
  return { kind: 'Secret', apiVersion: 'v1', metadata: { name: name + suffix }, ...(withData && { data }), ...(type && { type }) };
}

const generic: Generator = {
  name: 'generic',
  usage:
    'kubectl create secret generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from a local file, directory, or literal value',
  long: 'Create a secret based on a file, directory, or specified literal value.',
  examples: `# Create a new secret named my-secret with keys for each file in folder bar
kubectl create secret generic my-secret --from-file=path/to/bar

# Create a new secret named my-secret with key1=supersecret and key2=topsecret
kubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret`,
  kind: SECRETS,
  failure: 'failed to create secret ',
  flags: [...SOURCE_FLAGS, HASH_FLAG, { name: 'type', kind: 'string', usage: 'The type of secret to create' }],
  build: (cli, name, { flags }) => secretOf(name, flags.string('type'), gatherSources(cli, flags), flags),
};

const tls: Generator = {
  name: 'tls',
  usage: 'kubectl create secret tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  long: 'Create a TLS secret from the given public/private key pair.\n\n The public/private key pair must exist beforehand. The public key certificate must be .PEM encoded and match the given private key.',
  examples:
    '# Create a new TLS secret named tls-secret with the given key pair\nkubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key',
  kind: SECRETS,
  failure: 'failed to create secret ',
  flags: [
    HASH_FLAG,
    { name: 'cert', kind: 'string', usage: 'Path to PEM encoded public key certificate.' },
    { name: 'key', kind: 'string', usage: 'Path to private key associated with given certificate.' },
  ],
  build(cli, name, { flags }) {
    if (!flags.string('key') || !flags.string('cert')) throw new CliError('key and cert must be specified');
    const read = (path: string) => {
      const text = readPem(() => readFile(cli, path), path);
      if (!/-----BEGIN [A-Z ]+-----/.test(text)) throw new CliError('tls: failed to find any PEM data in certificate input');
      return text;
    };
    const pairs = [
      ['tls.crt', read(flags.string('cert'))],
      ['tls.key', read(flags.string('key'))],
    ] as const;
    return secretOf(name, 'kubernetes.io/tls', pairs, flags);
  },
};

function readPem(read: () => string, path: string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof CliError) throw new CliError(`open ${path}: no such file or directory`);
    throw error;
  }
}

const dockerRegistry: Generator = {
  name: 'docker-registry',
  usage:
    'kubectl create secret docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for use with a Docker registry',
  long: 'Create a new secret for use with Docker registries.',
  examples:
    '# Create a new docker registry secret\nkubectl create secret docker-registry my-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD --docker-email=DOCKER_EMAIL',
  kind: SECRETS,
  failure: 'failed to create secret ',
  flags: [
    HASH_FLAG,
    { name: 'docker-email', kind: 'string', usage: 'Email for Docker registry' },
    { name: 'docker-password', kind: 'string', usage: 'Password for Docker registry authentication' },
    { name: 'docker-server', kind: 'string', default: 'https://index.docker.io/v1/', usage: 'Server location for Docker registry' },
    { name: 'docker-username', kind: 'string', usage: 'Username for Docker registry authentication' },
    {
      name: 'from-file',
      kind: 'strings',
      usage: 'Key files can be specified using their file path, in which case a default name of .dockerconfigjson will be given to them.',
    },
  ],
  build(cli, name, { flags }) {
    const [file] = flags.strings('from-file');
    if (file !== undefined)
      return secretOf(
        name,
        'kubernetes.io/dockerconfigjson',
        [['.dockerconfigjson', readFile(cli, file.slice(file.indexOf('=') + 1))]],
        flags,
      );
    const [username, password, email] = ['docker-username', 'docker-password', 'docker-email'].map((flag) => flags.string(flag)) as [
      string,
      string,
      string,
    ];
    if (!username || !password)
      throw new CliError('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
    const entry = { username, password, ...(email && { email }), auth: encodeBase64(`${username}:${password}`) };
    const config = JSON.stringify({ auths: { [flags.string('docker-server')]: entry } });
    return secretOf(name, 'kubernetes.io/dockerconfigjson', [['.dockerconfigjson', config]], flags);
  },
};

export const createSecret: Command = {
  name: 'secret',
  usage: 'kubectl create secret (docker-registry | generic | tls)',
  short: 'Create a secret using a specified subcommand',
  long: 'Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.',
  subcommands: [dockerRegistry, generic, tls].map(generatorCommand),
};
