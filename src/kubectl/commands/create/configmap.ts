import { CONFIG_MAPS } from '../../../api/kinds.ts';
import { quote } from '../../../base/quote.ts';
import { isConfigMapKey } from '../../../api/names.ts';
import { CliError } from '../../errors.ts';
import { contentHash } from './content-hash.ts';
import { gatherSources, SOURCE_FLAGS } from './sources.ts';
import type { Generator } from '../../generator.ts';

export const configMapGenerator: Generator = {
  name: 'configmap',
  aliases: ['cm'],
  usage: 'kubectl create configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a config map from a local file, directory or literal value',
  long: `Create a config map based on a file, directory, or specified literal value.

 A single config map may package one or more key/value pairs.

 When creating a config map based on a file, the key will default to the basename of the file, and the value will default to the file content.  If the basename is an invalid key, you may specify an alternate key.

 When creating a config map based on a directory, each file whose basename is a valid key in the directory will be packaged into the config map.  Any directory entries except regular files are ignored (e.g. subdirectories, symlinks, devices, pipes, etc).`,
  examples: `# Create a new config map named my-config based on folder bar
kubectl create configmap my-config --from-file=path/to/bar

# Create a new config map named my-config with key1=config1 and key2=config2
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2`,
  kind: CONFIG_MAPS,
  failure: 'failed to create configmap: ',
  flags: [...SOURCE_FLAGS, { name: 'append-hash', kind: 'bool', usage: 'Append a hash of the configmap to its name.' }],
  build(cli, name, { flags }) {
    const pairs = gatherSources(cli, flags);
    const data: Record<string, string> = {};
    for (const [key, value] of pairs) {
      const problems = isConfigMapKey(key);
      if (problems.length > 0) throw new CliError(`${quote(key)} is not a valid key name for a ConfigMap: ${problems.join(',')}`);
      if (key in data)
        throw new CliError(`cannot add key ${quote(key)}, another key by that name already exists in Data for ConfigMap ${quote(name)}`);
      data[key] = value;
    }
    const withData = Object.keys(data).length > 0;
    const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, ...(withData && { data }) };
    if (!flags.bool('append-hash')) return object;
    return { ...object, metadata: { name: `${name}-${contentHash({ data, kind: 'ConfigMap', name })}` } };
  },
};
