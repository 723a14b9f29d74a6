/** An option of a docker command: `-a, --all` or, with a value, `-f, --filter`. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly takes?: 'value';
}

/** A wrong call; the message is printed as it stands, the exit code is docker's 125. */
export class UsageProblem extends Error {
  override name = 'UsageProblem';
}

/** Options and operands of one call. */
export class Options {
  readonly operands: string[] = [];
  private readonly given = new Map<string, string[]>();

  /** `stopsAtOperand`: what follows the first operand belongs to a command inside the container. Throws {@link UsageProblem}. */
  constructor(command: string, args: readonly string[], specs: readonly OptionSpec[], stopsAtOperand = false) {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg === '--' || !arg.startsWith('-') || arg === '-') {
        this.operands.push(...(arg === '--' ? args.slice(i + 1) : stopsAtOperand ? args.slice(i) : [arg]));
        if (arg === '--' || stopsAtOperand) return;
        continue;
      }
      const wrong = (what: string) =>
        new UsageProblem(`${what}\n\nUsage:  docker ${command}\n\nRun 'docker ${command} --help' for more information`);
      const take = (spec: OptionSpec, shown: string, value: string | undefined): void => {
        if (spec.takes && value === undefined) value = args[++i];
        if (spec.takes && value === undefined) throw wrong(`flag needs an argument: ${shown}`);
        this.given.set(spec.name, [...(this.given.get(spec.name) ?? []), value ?? 'true']);
      };
      if (arg.startsWith('--')) {
        const equals = arg.indexOf('=');
        const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
        const spec = specs.find((each) => each.name === name);
        if (!spec) throw wrong(`unknown flag: --${name}`);
        take(spec, `--${name}`, equals < 0 ? undefined : arg.slice(equals + 1));
        continue;
      }
      for (let at = 1; at < arg.length; at++) {
        const spec = specs.find((each) => each.short === arg[at]);
        if (!spec) throw wrong(`unknown shorthand flag: '${arg[at]}' in ${arg}`);
        if (!spec.takes) take(spec, '', undefined);
        else {
          const rest = arg.slice(at + 1).replace(/^=/, '');
          take(spec, `'${arg[at]}' in ${arg}`, rest === '' ? undefined : rest);
          break;
        }
      }
    }
  }

  has(name: string): boolean {
    const values = this.given.get(name);
    return values !== undefined && values.at(-1) !== 'false';
  }

  value(name: string): string | undefined {
    return this.given.get(name)?.at(-1);
  }

  values(name: string): readonly string[] {
    return this.given.get(name) ?? [];
  }
}
