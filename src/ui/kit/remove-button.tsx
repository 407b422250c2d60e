import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from './button.tsx';

type RemoveButtonProps = {
  /** Its name. */
  readonly what: string;
  /** What is lost, in a sentence. */
  readonly warning: string;
  readonly onRemove: () => void;
};

/** Asks in its place before it removes what cannot be brought back. */
export function RemoveButton({ what, warning, onRemove }: RemoveButtonProps) {
  const [asks, setAsks] = useState(false);
  if (!asks) {
    return (
      <IconButton label={`Remove ${what}`} onPress={() => setAsks(true)}>
        <Trash2 aria-hidden />
      </IconButton>
    );
  }
  return (
    <span className="remove-asks">
      <span className="small" role="status">
        {warning}
      </span>
      <span className="unbroken">
        <Button aria-label={`Remove ${what} now`} onPress={onRemove}>
          Remove
        </Button>
        <Button look="quiet" autoFocus onPress={() => setAsks(false)}>
          Keep
        </Button>
      </span>
    </span>
  );
}
