import { builtin } from '../kind.ts';
import { changeField, withDefaults } from '../share.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';

/* Definitions of custom resources. What their schemas may say is checked where they are compiled. */

interface Names {
  plural?: string;
  singular?: string;
  kind?: string;
  listKind?: string;
}

function defaults(definition: KubeObject): KubeObject {
  return changeField(definition, 'spec', (spec) => {
    const named = changeField(spec, 'names', ((names: Names) =>
      withDefaults(names, { singular: (names.kind ?? '').toLowerCase(), listKind: `${names.kind ?? ''}List` })) as never);
    return withDefaults(named as Record<string, unknown>, { conversion: { strategy: 'None' } });
  });
}

/** Names that nobody has accepted yet; the versions in which objects may lie in the store. */
function initialStatus({ spec }: KubeObject): unknown {
  const versions = (spec?.versions ?? []) as { name: string; storage?: boolean }[];
  return {
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}

export const customResourceDefinitionBehaviour: KindBehaviour = {
  kind: builtin('apiextensions.k8s.io/v1', 'customresourcedefinitions'),
  defaults,
  counted: true,
  initialStatus,
};
