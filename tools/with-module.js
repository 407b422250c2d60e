import { createServer } from 'vite';

/**
 * Hands `use` what a module of TypeScript has to offer (`/tools/…`, from the root of the project), and ends when that is done.
 * @param {string} path
 * @param {(module: Record<string, any>) => Promise<void>} use
 */
export async function withModule(path, use) {
  const server = await createServer({
    server: { middlewareMode: true, ws: false },
    appType: 'custom',
    logLevel: 'warn',
  });
  await use(await server.ssrLoadModule(path));
  await server.close();
  process.exit(0);
}
