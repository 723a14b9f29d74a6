import type { Shell } from './shell.ts';

/** A prompt with bash's escapes (`\u@\h:\w\$ `) filled in. */
export function promptText(shell: Shell, template: string): string {
  return template.replace(/\\(\[|\]|[0-7]{3}|.)/gs, (whole, escape: string) => {
    switch (escape) {
      case 'u':
        return 'root';
      case 'h':
        return shell.system.hostname.split('.')[0]!;
      case 'H':
        return shell.system.hostname;
      case 'w':
        return shortened(shell);
      case 'W':
        return shell.cwd === shell.home ? '~' : shell.cwd === '/' ? '/' : shell.cwd.slice(shell.cwd.lastIndexOf('/') + 1);
      case '$':
        return '#';
      case 's':
        return shell.flavour;
      case 'n':
        return '\n';
      case 'e':
        return '\x1b';
      case 'j':
        return String(shell.jobs.all.length);
      case '\\':
        return '\\';
      case '[':
      case ']':
      case 'a':
        return '';
      default:
        return /^[0-7]{3}$/.test(escape) ? String.fromCharCode(parseInt(escape, 8)) : whole;
    }
  });
}

function shortened(shell: Shell): string {
  const { cwd, home } = shell;
  if (home === '/' || home === '') return cwd;
  if (cwd === home) return '~';
  return cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd;
}
