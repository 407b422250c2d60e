import { commands } from '../commands/all.ts';
import { session, useView } from '../stores/use-session.ts';
import { Switch } from '../ui/form/controls.tsx';
import { Dialog } from '../ui/kit/dialog.tsx';
import { shown } from './shortcuts.ts';

export default function ShortcutsDialog() {
  const singleKeys = useView((state) => state.singleKeys);
  const { close, setSingleKeys } = session.view.getState();
  return (
    <Dialog title="Keyboard shortcuts" onClose={close}>
      <table className="shortcut-table">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Command</th>
            <th scope="col">Keys</th>
          </tr>
        </thead>
        <tbody>
          {commands
            .filter(({ shortcut }) => shortcut !== null)
            .map(({ id, label, shortcut }) => (
              <tr key={id}>
                <td>{label}</td>
                <td>
                  <kbd>{shown(shortcut!)}</kbd>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <p className="small faint">
        Everything else is reached with Tab, the arrow keys and Enter. In a number field the arrows
        step; with Shift they step by ten.
      </p>
      <Switch label="Shortcuts of a single key" checked={singleKeys} onChange={setSingleKeys} />
    </Dialog>
  );
}
