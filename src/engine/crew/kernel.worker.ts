import { tellAlive } from '../living.ts';
import type { ToKernel } from './messages.ts';
import { serveKernel } from './serve-kernel.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const hear = serveKernel((message, transfer) => scope.postMessage(message, transfer ?? []));
scope.addEventListener('message', ({ data }: MessageEvent<ToKernel>) => hear(data));
tellAlive((message) => scope.postMessage(message));
