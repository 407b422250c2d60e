import type { Session } from '../stores/session.ts';

/** Something the user can do, from a button, a menu or the keyboard. */
export type Command = {
  readonly id: string;
  readonly label: string;
  /** As written: "Mod+Enter", "Shift+?"; Mod is Ctrl, or ⌘ on a Mac. Null when there is none. */
  readonly shortcut: string | null;
  enabled(session: Session): boolean;
  run(session: Session): void | Promise<void>;
};
