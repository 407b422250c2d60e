import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import './button.css';

type ButtonProps = Omit<AriaButtonProps, 'className' | 'children'> & {
  readonly children: ReactNode;
  readonly look?: 'plain' | 'primary' | 'quiet';
  readonly className?: string;
};

export function Button({ look = 'plain', className = '', ...props }: ButtonProps) {
  return <AriaButton {...props} className={`button ${look} ${className}`} />;
}

type IconButtonProps = Omit<AriaButtonProps, 'className' | 'children' | 'aria-label'> & {
  /** Accessible name and tooltip. */
  readonly label: string;
  /** Said after the label in the tooltip: a shortcut. */
  readonly hint?: string | undefined;
  readonly children: ReactNode;
  readonly className?: string;
};

export function IconButton({ label, hint, className = '', ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      <AriaButton {...props} aria-label={label} className={`icon-button ${className}`} />
      <Tooltip className="tooltip" offset={6}>
        {label}
        {hint && <kbd>{hint}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
