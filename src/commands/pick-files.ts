import type { Command } from './command.ts';
import { openFiles } from './open-files.ts';

export const pickFiles: Command = {
  id: 'open-files',
  label: 'Open model files…',
  shortcut: 'Mod+O',
  enabled: () => true,
  run: async (session) => {
    const files = await chooseFiles({ multiple: true });
    if (files && files.length > 0) {
      await openFiles(
        session,
        files.map((file) => ({ path: file.name, file })),
      );
    }
  },
};

type Options = {
  readonly multiple?: boolean;
  readonly folder?: boolean;
  readonly accept?: string;
};

/** Asks with the browser's own file dialog; null when the user cancels. */
export function chooseFiles(options: Options): Promise<readonly File[] | null> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = options.multiple ?? false;
  input.webkitdirectory = options.folder ?? false;
  input.accept = options.accept ?? '';
  return new Promise((resolve) => {
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
