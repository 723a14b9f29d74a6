import { CRON_JOBS, JOBS } from '../../../api/kinds.ts';
import { CliError, UsageError } from '../../errors.ts';
import type { Generator } from '../../generator.ts';
import type { Invocation } from '../../command.ts';
import type { KubeObject } from '../../../api/object.ts';

function commandOf({ args, dashAt }: Invocation): string[] {
  return dashAt < 0 ? [] : args.slice(dashAt);
}

function podTemplate(name: string, image: string, command: readonly string[], restartPolicy: string) {
  return { metadata: {}, spec: { containers: [{ name, image, ...(command.length > 0 && { command }), resources: {} }], restartPolicy } };
}

export const jobGenerator: Generator = {
  name: 'job',
  usage: 'kubectl create job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the specified name',
  long: 'Create a job with the specified name.',
  examples: `# Create a job
kubectl create job my-job --image=busybox

# Create a job with a command
kubectl create job my-job --image=busybox -- date

# Create a job from a cron job named "a-cronjob"
kubectl create job test-job --from=cronjob/a-cronjob`,
  kind: JOBS,
  failure: 'failed to create job: ',
  flags: [
    { name: 'from', kind: 'string', usage: 'The name of the resource to create a Job from (only cronjob is supported).' },
    { name: 'image', kind: 'string', usage: 'Image name to run.' },
  ],
  *build(cli, name, invocation) {
    const image = invocation.flags.string('image');
    const from = invocation.flags.string('from');
    const command = commandOf(invocation);
    if ((image === '') === (from === '')) throw new CliError('either --image or --from must be specified');
    if (command.length > 0 && from !== '') throw new CliError('cannot specify --from and command');
    if (from === '')
      return {
        kind: 'Job',
        apiVersion: 'batch/v1',
        metadata: { name },
        spec: { template: podTemplate(name, image, command, 'Never') },
        status: {},
      };
    const [type = '', source = ''] = from.split('/');
    const kind = yield* cli.discovery.resource(type);
    const cron: KubeObject = yield* cli.api.get(kind, { namespace: cli.namespace, name: source });
    if (cron.kind !== 'CronJob') throw new CliError('unknown object type *v1.' + cron.kind);
    return jobFromCronJob(cron, name);
  },
};

function jobFromCronJob(cron: KubeObject, name: string): KubeObject {
  const template = cron.spec.jobTemplate;
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...(template.metadata?.labels && { labels: template.metadata.labels }),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata!.name!, uid: cron.metadata!.uid!, controller: true },
      ],
    },
    spec: template.spec,
    status: {},
  };
}

export const cronJobGenerator: Generator = {
  name: 'cronjob',
  aliases: ['cj'],
  usage: "kubectl create cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  short: 'Create a cron job with the specified name',
  long: 'Create a cron job with the specified name.',
  examples: `# Create a cron job
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *"

# Create a cron job with a command
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date`,
  kind: CRON_JOBS,
  failure: 'failed to create cronjob: ',
  flags: [
    { name: 'image', kind: 'string', required: true, usage: 'Image name to run.' },
    { name: 'restart', kind: 'string', usage: "job's restart policy. supported values: OnFailure, Never" },
    { name: 'schedule', kind: 'string', required: true, usage: 'A schedule in the Cron format the job should be run with.' },
  ],
  build(_cli, name, invocation) {
    const { flags } = invocation;
    const restartPolicy = flags.string('restart') || 'OnFailure';
    if (!flags.string('schedule')) throw new UsageError('a schedule is required');
    const template = podTemplate(name, flags.string('image'), commandOf(invocation), restartPolicy);
    return {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: { schedule: flags.string('schedule'), jobTemplate: { metadata: { name }, spec: { template } } },
      status: {},
    };
  },
};
