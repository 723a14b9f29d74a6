import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { generateSchema } from './generate.ts';

const MODULE = 'virtual:kubernetes-schema';

/** Offers the generated schema as a module whose default export is its JSON text. */
export function kubernetesSchema(): Plugin {
  const facts = (name: string) => fileURLToPath(new URL(`../../../../api/facts/${name}`, import.meta.url));
  return {
    name: 'kubarium-schema',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) =>
      id === `\0${MODULE}`
        ? `export default ${JSON.stringify(JSON.stringify(generateSchema(facts('schema.json'), facts('discovery.json'))))};`
        : undefined,
  };
}
