/** What `set` and `shopt` switch. Replaced as a whole, so that shells share it. */
export interface ShellOptions {
  readonly allexport: boolean;
  readonly errexit: boolean;
  readonly monitor: boolean;
  readonly noclobber: boolean;
  readonly noexec: boolean;
  readonly noglob: boolean;
  readonly nounset: boolean;
  readonly pipefail: boolean;
  readonly verbose: boolean;
  readonly xtrace: boolean;
  readonly dotglob: boolean;
  readonly expand_aliases: boolean;
  readonly extglob: boolean;
  readonly failglob: boolean;
  readonly globstar: boolean;
  readonly nocaseglob: boolean;
  readonly nocasematch: boolean;
  readonly nullglob: boolean;
}

export const DEFAULT_OPTIONS: Readonly<ShellOptions> = {
  allexport: false,
  errexit: false,
  monitor: false,
  noclobber: false,
  noexec: false,
  noglob: false,
  nounset: false,
  pipefail: false,
  verbose: false,
  xtrace: false,
  dotglob: false,
  expand_aliases: false,
  extglob: true,
  failglob: false,
  globstar: false,
  nocaseglob: false,
  nocasematch: false,
  nullglob: false,
};

/** Letters of `set -e` and their long names. */
export const SET_LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  a: 'allexport',
  e: 'errexit',
  m: 'monitor',
  C: 'noclobber',
  n: 'noexec',
  f: 'noglob',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
};

export const SET_NAMES: readonly (keyof ShellOptions)[] = [
  'allexport',
  'errexit',
  'monitor',
  'noclobber',
  'noexec',
  'noglob',
  'nounset',
  'pipefail',
  'verbose',
  'xtrace',
];

export const SHOPT_NAMES: readonly (keyof ShellOptions)[] = [
  'dotglob',
  'expand_aliases',
  'extglob',
  'failglob',
  'globstar',
  'nocaseglob',
  'nocasematch',
  'nullglob',
];
