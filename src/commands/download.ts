import { failureOf, type Session } from '../stores/session.ts';
import { saveFile } from './save-file.ts';

/** The finished run as one zip in the browser's downloads. */
export async function downloadZip(session: Session): Promise<void> {
  await fromStorage(session, async (folder) => {
    const file = await session.engine.zip(folder);
    saveFile(`${session.run.getState().name}.zip`, file);
  });
}

/** One file of the finished run. */
export async function downloadFile(session: Session, name: string): Promise<void> {
  await fromStorage(session, async (folder) => {
    const files = await session.engine.files(folder);
    const file = files.find((candidate) => candidate.name === name);
    if (!file) throw new Error(`${name} is no longer in private storage`);
    saveFile(name, file);
  });
}

async function fromStorage(
  { run, view }: Session,
  save: (folder: string) => Promise<void>,
): Promise<void> {
  const { saved } = run.getState();
  if (saved?.kind !== 'opfs') return;
  try {
    await save(saved.folder);
  } catch (error) {
    view.getState().tell(`The download failed: ${failureOf(error).message}`);
  }
}
