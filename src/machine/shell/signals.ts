/*
 * What leaves the ordinary flow of a script. They are thrown through the tasks of the interpreter;
 * they are no errors and carry no stack.
 */

export class LoopExit {
  readonly kind: 'break' | 'continue';
  levels: number;

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

export class FunctionReturn {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** `exit`, or an error that ends a script but only the current line of an interactive shell. */
export class ShellExit {
  readonly status: number;
  /** An interactive shell survives it. */
  readonly abortsLineOnly: boolean;

  constructor(status: number, abortsLineOnly = false) {
    this.status = status;
    this.abortsLineOnly = abortsLineOnly;
  }
}

/** A command that could not be set up (a redirection, a bad substitution): the message is for standard error. */
export class CommandProblem {
  readonly message: string;
  readonly status: number;

  constructor(message: string, status = 1) {
    this.message = message;
    this.status = status;
  }
}

/** An expansion that went wrong: ends a script; its message is printed first. */
export class FatalExpansion extends ShellExit {
  readonly message: string;
  readonly line: number;

  constructor(message: string, line: number, status = 127) {
    super(status, true);
    this.message = message;
    this.line = line;
  }
}
