/** Names of all builtins, apart so that looking one up does not need their code. */
const NAMES = new Set(
  (
    ': . [ alias bg break builtin cd command compgen complete compopt continue declare dirs disown echo enable eval exec exit export false fg getopts hash help ' +
    'history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source test times ' +
    'trap true type typeset ulimit umask unalias unset wait'
  ).split(' '),
);

export function isBuiltin(name: string): boolean {
  return NAMES.has(name);
}

export function builtinNames(): readonly string[] {
  return [...NAMES].sort();
}
