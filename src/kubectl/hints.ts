import { PlainError } from './errors.ts';

/** Messages that tell where to find what can be asked for. */
export const DiscoveryHint = {
  requiredResource(): PlainError {
    return new PlainError(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples',
    );
  },
};
