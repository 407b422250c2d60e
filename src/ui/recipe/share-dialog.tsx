import { session } from '../../stores/use-session.ts';
import { Dialog } from '../kit/dialog.tsx';
export default function ShareDialog() {
  return (
    <Dialog title="Share link" onClose={session.view.getState().close}>
      …
    </Dialog>
  );
}
