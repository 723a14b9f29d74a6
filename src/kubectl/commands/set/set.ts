import { setEnv } from './env.ts';
import { setImage } from './image.ts';
import { setResources, setSelector, setServiceAccount, setSubject } from './others.ts';
import type { Command } from '../../command.ts';

export const set: Command = {
  name: 'set',
  usage: 'kubectl set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
};
