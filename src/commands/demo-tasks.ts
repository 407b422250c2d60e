import { bundled, bundledTask } from '../evaluate/tasks/bundled.ts';
import { failureOf, type Session } from '../stores/session.ts';

/** Sessions whose tasks were asked for: those that a person removed do not come back. */
const asked = new WeakSet<Session>();

/** The tasks that come with the demo family, once. */
export async function openDemoTasks(session: Session): Promise<void> {
  if (asked.has(session)) return;
  asked.add(session);
  const { addTask } = session.scores.getState();
  const texts = await Promise.all(
    bundled.map(({ path }) => textAt(new URL(path, session.demoRoot)).catch(failureOf)),
  );
  for (const [i, text] of texts.entries()) {
    if (typeof text === 'string') addTask(bundledTask(bundled[i], text));
    else session.taskFiles.getState().refuse(text);
  }
}

async function textAt(url: URL): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
  return response.text();
}
