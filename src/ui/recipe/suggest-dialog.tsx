import { session } from '../../stores/use-session.ts';
import { Dialog } from '../kit/dialog.tsx';
export default function SuggestDialog() {
  return (
    <Dialog title="Suggest a method" onClose={session.view.getState().close}>
      …
    </Dialog>
  );
}
