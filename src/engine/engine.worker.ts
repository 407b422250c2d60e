import { tellAlive } from './living.ts';
import type { Event } from './protocol.ts';
import { serve } from './serve.ts';
import { browserSurroundings } from './surroundings.ts';

const hear = serve((event: Event) => self.postMessage(event), browserSurroundings);
self.addEventListener('message', (message) => hear(message.data));
tellAlive((message) => self.postMessage(message));
