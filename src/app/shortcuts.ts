import type { Command } from '../commands/command.ts';
import type { Session } from '../stores/session.ts';

type Stroke = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether a key stroke is the shortcut: "Mod+Shift+Z", "?", "1". Mod is Ctrl or ⌘. */
export function matches(shortcut: string, stroke: Stroke): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1)!;
  if (stroke.altKey || parts.includes('Mod') !== (stroke.ctrlKey || stroke.metaKey)) return false;
  if (key.toLowerCase() !== stroke.key.toLowerCase()) return false;
  // "?" needs Shift on most keyboards and not on others: only letters tell the two apart.
  return !/^[a-z]$/i.test(key) || parts.includes('Shift') === stroke.shiftKey;
}

export const isSingleKey = (shortcut: string): boolean => !shortcut.startsWith('Mod+');

/** Runs commands by keyboard. Returns how to stop. */
export function listen(
  target: EventTarget,
  commands: readonly Command[],
  session: Session,
  singleKeys: boolean,
): () => void {
  const hear = (event: Event) => {
    const stroke = event as KeyboardEvent;
    if (stroke.defaultPrevented || session.view.getState().dialog) return;
    const command = commands.find(({ shortcut }) => shortcut !== null && matches(shortcut, stroke));
    if (!command?.shortcut) return;
    if (isSingleKey(command.shortcut) && (!singleKeys || isTyping(stroke.target))) return;
    // The browser's own undo belongs to a text field while it has the focus.
    if ((command.id === 'undo' || command.id === 'redo') && isTyping(stroke.target)) return;
    stroke.preventDefault();
    if (command.enabled(session)) void command.run(session);
  };
  target.addEventListener('keydown', hear);
  return () => target.removeEventListener('keydown', hear);
}

/** Fields that take letters; a slider or a radio button does not. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !/^(range|radio|checkbox|button)$/.test(target.type);
  return /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.role === 'menuitem';
}

const isMac = () => /mac|iphone|ipad/i.test(navigator.platform);

/** The shortcut as the keyboard shows it: "⌘⇧Z" or "Ctrl+Shift+Z". */
export function shown(shortcut: string): string {
  if (!isMac()) return shortcut.replace('Mod', 'Ctrl');
  return shortcut.replace('Mod', '⌘').replace('Shift', '⇧').replaceAll('+', '');
}
