// Prints the linter's configuration: the layers of layers.json and the bans below the worker.
import fs from 'node:fs';

const layers = JSON.parse(fs.readFileSync(new URL('layers.json', import.meta.url), 'utf8'));
const all = Object.keys(layers);
const simulated = [
  'base',
  'sim',
  'api',
  'etcd',
  'net',
  'apiserver',
  'client',
  'controllers',
  'scheduler',
  'proxy',
  'dns',
  'machine',
  'images',
  'node',
  'kubectl',
  'cluster',
];
const bannedGlobals = [
  'Promise',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'performance',
  'fetch',
  'window',
  'document',
  'navigator',
  'localStorage',
  'indexedDB',
  'crypto',
  'process',
  'console',
];
const inSimulation = 'the simulated world is deterministic and knows virtual time only';

const forbidden = (layer) => {
  const allowed = layers[layer];
  return allowed.includes('*') ? [] : all.filter((other) => other !== layer && !allowed.includes(other));
};

const overrides = all.map((layer) => ({
  files: [`src/${layer}/**/*.ts`, `src/${layer}/**/*.tsx`],
  excludeFiles: ['**/*.test.ts', '**/*.test.tsx', '**/testing.ts', '**/testing/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: forbidden(layer).flatMap((other) => [`../${other}/**`, `../../${other}/**`, `../../../${other}/**`]),
            message: `src/${layer} may import only ${layers[layer].join(', ') || 'nothing'} (.config/layers.json)`,
          },
        ],
      },
    ],
  },
}));
overrides.push({
  files: simulated.map((layer) => `src/${layer}/**/*.ts`),
  excludeFiles: ['**/*.test.ts', '**/testing.ts', '**/testing/*.ts', 'src/apiserver/fetch.ts'],
  rules: {
    'no-restricted-globals': ['error', ...bannedGlobals.map((name) => ({ name, message: inSimulation }))],
    'no-restricted-properties': [
      'error',
      { object: 'Math', property: 'random', message: inSimulation },
      { object: 'Date', property: 'now', message: inSimulation },
    ],
    'oxc/no-async-await': 'error',
  },
});
overrides.push({
  files: simulated.map((layer) => `src/${layer}/**/*.ts`),
  excludeFiles: ['**/*.test.ts', '**/testing.ts', '**/testing/*.ts', 'src/apiserver/fetch.ts', 'src/base/time.ts'],
  rules: { 'no-restricted-globals': ['error', ...['Date', ...bannedGlobals].map((name) => ({ name, message: inSimulation }))] },
});

const config = {
  $schema: './node_modules/oxlint/configuration_schema.json',
  plugins: ['typescript', 'import', 'oxc', 'react', 'unicorn'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['dist', 'node_modules'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-unassigned-import': 'off',
    'react/react-in-jsx-scope': 'off',
    // Pairs of label and element are no lists of elements.
    'react/jsx-key': 'off',
    'react/exhaustive-effect-dependencies': 'off',
    'no-shadow': 'off',
    'require-yield': 'off',
    'unicorn/no-useless-spread': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'unicorn/require-post-message-target-origin': 'off',
    'unicorn/no-new-array': 'off',
    'unicorn/no-array-fill-with-reference-type': 'off',
    'oxc/approx-constant': 'off',
    'no-unmodified-loop-condition': 'off',
    'no-control-regex': 'off',
    'typescript/no-extraneous-class': 'off',
    'no-underscore-dangle': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
  },
  overrides,
};
process.stdout.write(`${JSON.stringify(config, null, 1)}\n`);
