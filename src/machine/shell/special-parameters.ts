import { SET_LETTERS } from './options.ts';
import type { Shell } from './shell.ts';

/** `$?` and its kin; undefined for other names. */
export function specialParameter(shell: Shell, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(shell.lastStatus);
    case '#':
      return String(shell.positional.length);
    case '$':
      return String(shell.pid);
    case '!':
      return shell.lastBackgroundPid === undefined ? '' : String(shell.lastBackgroundPid);
    case '-':
      return optionLetters(shell);
    case '@':
    case '*':
      return shell.positional.length > 0 ? shell.positional.join(' ') : undefined;
    default:
      return undefined;
  }
}

function optionLetters(shell: Shell): string {
  let letters = shell.flavour === 'bash' ? 'h' : '';
  for (const [letter, name] of Object.entries(SET_LETTERS)) if (shell.options[name]) letters += letter;
  return letters + (shell.interactive ? 'i' : '') + (shell.flavour === 'bash' ? 'B' : '') + (shell.interactive ? 's' : '');
}

export function dynamicVariable(shell: Shell, name: string): string | undefined {
  switch (name) {
    case 'PWD':
      return shell.cwd;
    case 'IFS':
      return ' \t\n';
    case 'PATH':
      return '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    case 'OPTIND':
      return '1';
    case 'LINENO':
      return String(shell.currentLine);
    case 'PPID':
      return '1';
    case 'PS4':
      return '+ ';
    default:
      return shell.flavour === 'dash' ? undefined : bashVariable(shell, name);
  }
}

/** Arrays that the shell keeps itself. */
export function dynamicArray(shell: Shell, name: string): readonly string[] | undefined {
  if (shell.flavour !== 'bash') return undefined;
  if (name === 'PIPESTATUS') return shell.pipeStatus.map(String);
  if (name === 'FUNCNAME' && shell.functionNames.length > 0) return [...shell.functionNames].reverse();
  if (name === 'BASH_SOURCE') return [shell.scriptName ?? shell.zero];
  return name === 'DIRSTACK' ? [shell.cwd, ...shell.directoryStack] : undefined;
}

function bashVariable(shell: Shell, name: string): string | undefined {
  switch (name) {
    case 'RANDOM':
      return String((shell.randomness ??= shell.kernel.rng.fork(`shell ${shell.system.network.name} ${shell.pid}`)).int(0, 32_767));
    case 'SECONDS':
      return String(Math.floor((shell.kernel.now - shell.startedMs) / 1000));
    case 'EPOCHSECONDS':
      return String(Math.floor(shell.kernel.epochMs() / 1000));
    case 'EPOCHREALTIME':
      return (shell.kernel.epochMs() / 1000).toFixed(6);
    case 'HOSTNAME':
      return shell.system.hostname;
    case 'UID':
    case 'EUID':
      return '0';
    case 'BASHPID':
      return String(shell.ownPid);
    case 'BASH_VERSION':
      return shell.flavour === 'bash' ? '5.2.37(1)-release' : undefined;
    case 'SHLVL':
      return '1';
    default:
      return dynamicArray(shell, name)?.[0];
  }
}
