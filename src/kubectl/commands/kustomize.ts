import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { kustomizationText } from '../kustomize/build.ts';

interface KustomizeOptions {
  readonly folder: string;
  /** Left out: standard output. */
  readonly output: string;
}

export const kustomize = command<KustomizeOptions>({
  name: 'kustomize',
  usage: 'kubectl kustomize DIR',
  short: 'Build a kustomization target from a directory or URL',
  long: "Build a set of KRM resources using a 'kustomization.yaml' file. The DIR argument must be a path to a directory containing 'kustomization.yaml', or a git repository URL with a path suffix specifying same with respect to the repository root. If DIR is omitted, '.' is assumed.",
  examples:
    '# Build the current working directory\nkubectl kustomize\n\n# Build some shared configuration directory\nkubectl kustomize /home/config/production',
  flags: [{ name: 'output', shorthand: 'o', kind: 'string', usage: 'If specified, write output to this path.' }],
  complete(_cli, { flags, args }) {
    if (args.length > 1) throw new CliError('specify one path to kustomization.yaml');
    return { folder: args[0] ?? '.', output: flags.string('output') };
  },
  *run(cli, { folder, output }) {
    const { system, cwd } = cli.context;
    const text = kustomizationText({ files: system.files, cwd }, folder);
    if (output) system.files.write(cli.path(output), text);
    else yield* cli.out(text);
  },
});
