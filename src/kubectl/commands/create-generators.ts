import type { Command } from '../command.ts';
import { generatorCommand } from '../generator.ts';
import { cronJobGenerator, jobGenerator } from './create/batch.ts';
import { configMapGenerator } from './create/configmap.ts';
import { deploymentGenerator } from './create/deployment.ts';
import { namespaceGenerator } from './create/namespace.ts';
import { budgetGenerator, ingressGenerator, priorityClassGenerator, quotaGenerator } from './create/policy.ts';
import {
  clusterRoleBindingGenerator,
  clusterRoleGenerator,
  roleBindingGenerator,
  roleGenerator,
  serviceAccountGenerator,
} from './create/rbac.ts';
import { createSecret } from './create/secret.ts';
import { createService } from './create/service.ts';
import { createToken } from './create/token.ts';

const GENERATORS = [
  clusterRoleGenerator,
  clusterRoleBindingGenerator,
  configMapGenerator,
  cronJobGenerator,
  deploymentGenerator,
  ingressGenerator,
  jobGenerator,
  namespaceGenerator,
  budgetGenerator,
  priorityClassGenerator,
  quotaGenerator,
  roleGenerator,
  roleBindingGenerator,
  serviceAccountGenerator,
];

/** `kubectl create <these>`. */
export const CREATE_GENERATORS: readonly Command[] = [...GENERATORS.map(generatorCommand), createSecret, createService, createToken];
