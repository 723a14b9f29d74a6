import { SERVICES } from '../../api/kinds.ts';
import { printYaml } from '../../api/yaml.ts';
import { indentedJson } from '../../api/print.ts';
import { command, type Command } from '../command.ts';
import { CliError } from '../errors.ts';
import { GLOBAL_FLAGS } from '../globals.ts';
import { flagsText } from '../help.ts';

/* Commands about kubectl and the cluster as a whole. */

const CLIENT_VERSION = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0',
  gitTreeState: 'clean',
  goVersion: 'go1.25.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};
const KUSTOMIZE_VERSION = 'v5.7.1';

interface VersionOptions {
  readonly clientOnly: boolean;
  readonly output: string;
}

export const version = command<VersionOptions>({
  name: 'version',
  usage: 'kubectl version',
  short: 'Print the client and server version information',
  long: 'Print the client and server version information for the current context.',
  examples: '# Print the client and server versions for the current context\nkubectl version',
  flags: [
    { name: 'client', kind: 'bool', usage: 'If true, shows client version only (no server required).' },
    { name: 'output', shorthand: 'o', kind: 'string', usage: "One of 'yaml' or 'json'." },
  ],
  complete: (_cli, { flags }) => ({ clientOnly: flags.bool('client'), output: flags.string('output') }),
  validate({ output }) {
    if (output !== '' && output !== 'yaml' && output !== 'json') throw new CliError("--output must be 'yaml' or 'json'");
  },
  *run(cli, { clientOnly, output }) {
    let server: { gitVersion?: string } | undefined;
    let failure: { error: unknown } | undefined;
    if (!clientOnly) {
      try {
        server = (yield* cli.api.read('/version')) as { gitVersion?: string };
      } catch (error) {
        failure = { error };
      }
    }
    const all = { clientVersion: CLIENT_VERSION, kustomizeVersion: KUSTOMIZE_VERSION, ...(server && { serverVersion: server }) };
    if (output === 'yaml') yield* cli.out(printYaml(all));
    else if (output === 'json') yield* cli.out(`${indentedJson(all)}\n`);
    else
      yield* cli.out(
        `Client Version: ${CLIENT_VERSION.gitVersion}\nKustomize Version: ${KUSTOMIZE_VERSION}\n${server ? `Server Version: ${server.gitVersion ?? ''}\n` : ''}`,
      );
    if (failure) throw failure.error;
  },
});

const dump = command<readonly string[]>({
  name: 'dump',
  usage: 'kubectl cluster-info dump',
  short: 'Dump relevant information for debugging and diagnosis',
  long: 'Dump cluster information out suitable for debugging and diagnosing cluster problems.',
  complete: (_cli, { args }) => args,
  *run(cli) {
    for (const name of ['nodes', 'events', 'services', 'pods']) {
      const kind = yield* cli.discovery.resource(name);
      const list = yield* cli.api.list(kind, kind.namespaced ? { namespace: 'kube-system' } : {});
      yield* cli.out(`${indentedJson(list)}\n`);
    }
  },
});

export const clusterInfo = command<readonly string[]>({
  name: 'cluster-info',
  usage: 'kubectl cluster-info',
  short: 'Display cluster information',
  long: "Display addresses of the control plane and services with label kubernetes.io/cluster-service=true. To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
  examples: '# Print the address of the control plane and cluster services\nkubectl cluster-info',
  subcommands: [dump],
  complete: (_cli, { args }) => args,
  *run(cli) {
    const { items } = yield* cli.api.list(SERVICES, { namespace: 'kube-system', labelSelector: 'kubernetes.io/cluster-service=true' });
    yield* cli.line(`Kubernetes control plane is running at ${cli.server}`);
    for (const service of items) {
      const { name, labels, namespace } = service.metadata!;
      const ports = (service.spec?.ports ?? []) as { name?: string }[];
      const port = ports[0]?.name ? `:${ports[0].name}` : '';
      yield* cli.line(
        `${labels?.['kubernetes.io/name'] ?? name} is running at ${cli.server}/api/v1/namespaces/${namespace}/services/${name}${port}/proxy`,
      );
    }
    yield* cli.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  },
});

export const options = command<readonly string[]>({
  name: 'options',
  usage: 'kubectl options',
  short: 'Print the list of flags inherited by all commands',
  long: 'Print the list of flags inherited by all commands.',
  hidden: true,
  complete: (_cli, { args }) => args,
  *run(cli) {
    yield* cli.out(`The following options can be passed to any command:\n\n${flagsText(GLOBAL_FLAGS)}`);
  },
});

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

export const completion = command<readonly string[]>({
  name: 'completion',
  usage: 'kubectl completion SHELL',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  long: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell). The shell code must be evaluated to provide interactive completion of kubectl commands. This can be done by sourcing it from the .bash_profile.',
  complete: (_cli, { args }) => args,
  *run(cli, args) {
    if (args.length === 0) throw new CliError("shell not specified\nSee 'kubectl completion -h' for help and examples");
    if (args.length > 1)
      throw new CliError("too many arguments. Expected only the shell type\nSee 'kubectl completion -h' for help and examples");
    if (!SHELLS.includes(args[0]!))
      throw new CliError(`unsupported shell type "${args[0]}"\nSee 'kubectl completion -h' for help and examples`);
    yield* cli.out(bashCompletion(VERBS));
  },
});

const VERBS =
  'create expose run set get delete rollout scale autoscale certificate cluster-info cordon uncordon drain taint describe logs exec apply patch replace wait label annotate completion api-resources api-versions config explain edit version';

function bashCompletion(words: string): string {
  return `# Copyright 2016 The Kubernetes Authors.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# bash completion for kubectl                              -*- shell-script -*-
complete -W '${words}' kubectl
`;
}

export const about: readonly Command[] = [version, clusterInfo, options, completion];
