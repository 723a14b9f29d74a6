/** What `set` and `shopt` switch. */
export interface ShellOptions {
  allexport: boolean;
  errexit: boolean;
  monitor: boolean;
  noclobber: boolean;
  noexec: boolean;
  noglob: boolean;
  nounset: boolean;
  pipefail: boolean;
  verbose: boolean;
  xtrace: boolean;
  dotglob: boolean;
  expand_aliases: boolean;
  extglob: boolean;
  failglob: boolean;
  globstar: boolean;
  nocaseglob: boolean;
  nocasematch: boolean;
  nullglob: boolean;
}

export const DEFAULT_OPTIONS: Readonly<ShellOptions> = {
  allexport: false, errexit: false, monitor: false, noclobber: false, noexec: false, noglob: false, nounset: false, pipefail: false,
  verbose: false, xtrace: false, dotglob: false, expand_aliases: false, extglob: true, failglob: false, globstar: false,
  nocaseglob: false, nocasematch: false, nullglob: false,
};

/** Letters of `set -e` and their long names. */
export const SET_LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  a: 'allexport', e: 'errexit', m: 'monitor', C: 'noclobber', n: 'noexec', f: 'noglob', u: 'nounset', v: 'verbose', x: 'xtrace',
};

export const SET_NAMES: readonly (keyof ShellOptions)[] = [
  'allexport', 'errexit', 'monitor', 'noclobber', 'noexec', 'noglob', 'nounset', 'pipefail', 'verbose', 'xtrace',
];

export const SHOPT_NAMES: readonly (keyof ShellOptions)[] = [
  'dotglob', 'expand_aliases', 'extglob', 'failglob', 'globstar', 'nocaseglob', 'nocasematch', 'nullglob',
];
