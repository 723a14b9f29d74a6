import type { ButtonHTMLAttributes, ReactNode } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'primary' | 'quiet';
  readonly danger?: boolean;
  readonly pressed?: boolean;
}

export function Button({ look = 'plain', danger, pressed, className = '', ...rest }: ButtonProps) {
  const classes = ['button', look === 'plain' ? '' : look, danger ? 'danger' : '', pressed ? 'pressed' : '', className];
  return <button type="button" className={classes.filter(Boolean).join(' ')} aria-pressed={pressed} {...rest} />;
}

interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** What it does, for screen readers and as a tooltip; with its shortcut. */
  readonly label: string;
  readonly shortcut?: string;
  readonly children: ReactNode;
}

export function IconButton({ label, shortcut, className = '', look = 'quiet', ...rest }: IconButtonProps) {
  return (
    <Button look={look} className={`icon ${className}`} aria-label={label} title={shortcut ? `${label} (${shortcut})` : label} {...rest} />
  );
}
