import { tellAlive } from '../living.ts';
import type { ToAuditor } from './auditor.ts';
import { serveAudit } from './serve-audit.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const hear = serveAudit((reply, transfer) => scope.postMessage(reply, transfer ?? []));
scope.addEventListener('message', ({ data }: MessageEvent<ToAuditor>) => hear(data));
tellAlive((message) => scope.postMessage(message));
