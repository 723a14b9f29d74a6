import type { Command } from '../command.ts';
import { generatorCommand } from '../generator.ts';
import { deploymentGenerator } from './create/deployment.ts';
import { namespaceGenerator } from './create/namespace.ts';

/** `kubectl create <these>`. */
export const CREATE_GENERATORS: readonly Command[] = [deploymentGenerator, namespaceGenerator].map(generatorCommand);
