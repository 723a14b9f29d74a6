import { parseToLabelSelector } from '../../../api/label-parser.ts';
import { SelectorError } from '../../../api/labels.ts';
import { quantityFault } from '../../../api/quantity.ts';
import { INGRESSES, POD_DISRUPTION_BUDGETS, PRIORITY_CLASSES, RESOURCE_QUOTAS } from '../../kinds.ts';
import { CliError } from '../../errors.ts';
import type { Generator } from '../../generator.ts';

/** `cpu=1,memory=1Gi`. Throws {@link CliError}. */
export function parseAmounts(text: string): Record<string, string> {
  const amounts: Record<string, string> = {};
  for (const part of text === '' ? [] : text.split(',')) {
    const pieces = part.split('=');
    if (pieces.length !== 2) throw new CliError(`Invalid argument syntax ${text}, expected <resource>=<value>`);
    const [name, amount] = pieces as [string, string];
    const fault = quantityFault(amount);
    if (fault !== undefined) throw new CliError(fault);
    amounts[name] = amount;
  }
  return amounts;
}

export const quotaGenerator: Generator = {
  name: 'quota',
  aliases: ['resourcequota'],
  usage: 'kubectl create quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  short: 'Create a quota with the specified name',
  long: 'Create a resource quota with the specified name, hard limits, and optional scopes.',
  examples:
    '# Create a new resource quota named my-quota\nkubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3,replicationcontrollers=2,resourcequotas=1,secrets=5,persistentvolumeclaims=10',
  kind: RESOURCE_QUOTAS,
  failure: 'failed to create quota: ',
  flags: [
    { name: 'hard', kind: 'string', usage: 'A comma-delimited set of resource=quantity pairs that define a hard limit.' },
    {
      name: 'scopes',
      kind: 'string',
      usage: 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.',
    },
  ],
  build(_cli, name, { flags }) {
    const hard = parseAmounts(flags.string('hard'));
    const scopes = flags.string('scopes') ? flags.string('scopes').split(',') : undefined;
    return {
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: { name },
      spec: { ...(Object.keys(hard).length > 0 && { hard }), ...(scopes && { scopes }) },
      status: {},
    };
  },
};

export const budgetGenerator: Generator = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  usage: 'kubectl create poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  short: 'Create a pod disruption budget with the specified name',
  long: 'Create a pod disruption budget with the specified name, selector, and desired minimum available pods.',
  examples:
    '# Create a pod disruption budget named my-pdb that will select all pods with the app=rails label\n# and require at least one of them being available at any point in time\nkubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1',
  kind: POD_DISRUPTION_BUDGETS,
  failure: 'failed to create poddisruptionbudgets: ',
  flags: [
    { name: 'max-unavailable', kind: 'string', usage: 'The maximum number or percentage of unavailable pods this budget requires.' },
    { name: 'min-available', kind: 'string', usage: 'The minimum number or percentage of available pods this budget requires.' },
    {
      name: 'selector',
      kind: 'string',
      usage: 'A label selector to use for this budget. Only equality-based selector requirements are supported.',
    },
  ],
  build(_cli, name, { flags }) {
    const [min, max, selector] = [flags.string('min-available'), flags.string('max-unavailable'), flags.string('selector')];
    if (!selector) throw new CliError('a selector must be specified');
    if (!min && !max) throw new CliError('one of min-available or max-unavailable must be specified');
    if (min && max) throw new CliError('min-available and max-unavailable cannot be both specified');
    const amount = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);
    return {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: { name },
      spec: { ...(min ? { minAvailable: amount(min) } : { maxUnavailable: amount(max) }), selector: selectorObject(selector) },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    };
  },
};

function selectorObject(text: string) {
  try {
    return parseToLabelSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) throw new CliError(error.message);
    throw error;
  }
}

export const priorityClassGenerator: Generator = {
  name: 'priorityclass',
  aliases: ['pc'],
  usage: 'kubectl create priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  short: 'Create a priority class with the specified name',
  long: 'Create a priority class with the specified name, value, globalDefault and description.',
  examples:
    '# Create a priority class named high-priority\nkubectl create priorityclass high-priority --value=1000 --description="high priority"',
  kind: PRIORITY_CLASSES,
  failure: 'failed to create priorityclass: ',
  flags: [
    {
      name: 'description',
      kind: 'string',
      usage: 'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
    },
    {
      name: 'global-default',
      kind: 'bool',
      usage: 'global-default specifies whether this PriorityClass should be considered as the default priority.',
    },
    {
      name: 'preemption-policy',
      kind: 'string',
      default: 'PreemptLowerPriority',
      usage: 'preemption-policy is the policy for preempting pods with lower priority.',
    },
    { name: 'value', kind: 'int', usage: 'the value of this priority class.' },
  ],
  build(_cli, name, { flags }) {
    const [description, globalDefault] = [flags.string('description'), flags.bool('global-default')];
    return {
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: { name },
      value: flags.int('value'),
      ...(globalDefault && { globalDefault }),
      ...(description && { description }),
      preemptionPolicy: flags.string('preemption-policy'),
    };
  },
};

const RULE = /^([^/=]+)(\/[^=]*)?=([^:,]+):([^,]+)((?:,[^=]+(?:=.*)?)*)$/;

export const ingressGenerator: Generator = {
  name: 'ingress',
  aliases: ['ing'],
  usage: 'kubectl create ingress NAME --rule=host/path=service:port[,tls[=secret]]',
  short: 'Create an ingress with the specified name',
  long: 'Create an ingress with the specified name.',
  examples: `# Create a single ingress called 'simple' that directs requests to foo.com/bar to svc
# svc1:8080 with a TLS secret "my-cert"
kubectl create ingress simple --rule="foo.com/bar=svc1:8080,tls=my-cert"`,
  kind: INGRESSES,
  failure: 'failed to create ingress: ',
  flags: [
    { name: 'annotation', kind: 'array', usage: 'Annotation to insert in the ingress object, in the format annotation=value' },
    { name: 'class', kind: 'string', usage: 'Ingress Class to be used' },
    { name: 'default-backend', kind: 'string', usage: 'Default service for backend, in format of svcname:port' },
    {
      name: 'rule',
      kind: 'array',
      usage:
        "Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character '*' are considered pathType=Prefix. tls argument is optional.",
    },
  ],
  build(_cli, name, { flags }) {
    const rules = flags.strings('rule');
    const fallback = flags.string('default-backend');
    if (rules.length === 0 && !fallback)
      throw new CliError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    const parsed = rules.map(parseRule);
    const hosts = [...new Set(parsed.map(({ host }) => host))];
    const annotations = Object.fromEntries(
      flags.strings('annotation').map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    );
    const tls = parsed
      .filter((rule) => rule.tls !== undefined)
      .map((rule) => ({ ...(rule.host !== '*' && { hosts: [rule.host] }), ...(rule.tls && { secretName: rule.tls }) }));
    return {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: { name, ...(Object.keys(annotations).length > 0 && { annotations }) },
      spec: {
        ...(flags.string('class') && { ingressClassName: flags.string('class') }),
        ...(fallback && { defaultBackend: backendOf(fallback) }),
        ...(tls.length > 0 && { tls }),
        ...(hosts.length > 0 && {
          rules: hosts.map((host) => ({
            ...(host !== '*' && { host }),
            http: {
              paths: parsed.filter((rule) => rule.host === host).map(({ path, pathType, backend }) => ({ path, pathType, backend })),
            },
          })),
        }),
      },
      status: { loadBalancer: {} },
    };
  },
};

function parseRule(text: string) {
  const match = RULE.exec(text);
  if (!match) throw new CliError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = '', path = '/', service = '', port = '', options = ''] = match;
  const tls = /,tls(?:=([^,]*))?/.exec(options);
  const prefix = path.endsWith('*');
  return {
    host,
    path: prefix ? path.slice(0, -1) || '/' : path,
    pathType: prefix ? 'Prefix' : 'Exact',
    backend: backendOf(`${service}:${port}`),
    tls: tls ? (tls[1] ?? '') : undefined,
  };
}

function backendOf(text: string) {
  const [name = '', port = ''] = text.split(':');
  if (!name || !port) throw new CliError('default-backend should be in format servicename:serviceport');
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}
