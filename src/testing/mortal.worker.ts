import { tellAlive } from '../engine/living.ts';

/** Echoes, and ends itself without a word when it is told to. */
self.addEventListener('message', ({ data }) => {
  if (data === 'end') self.close();
  else self.postMessage(data);
});
tellAlive((message) => self.postMessage(message));
