import { NAMESPACES } from '../../../api/kinds.ts';
import type { Generator } from '../../generator.ts';

export const namespaceGenerator: Generator = {
  name: 'namespace',
  aliases: ['ns'],
  usage: 'kubectl create namespace NAME [--dry-run=server|client|none]',
  short: 'Create a namespace with the specified name',
  long: 'Create a namespace with the specified name.',
  examples: '# Create a new namespace named my-namespace\nkubectl create namespace my-namespace',
  kind: NAMESPACES,
  flags: [],
  build(_cli, name) {
    return { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} };
  },
};
