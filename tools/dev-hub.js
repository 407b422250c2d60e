// Serves a Hub with the demo family on localhost, for development without the real one.
// `npm run dev:hub` listens on ports 8787 to 8789; PORT changes the first of them,
// COMPUTED_MB adds two models of that size whose weights are computed as they are read.
import { createServer } from 'vite';

const port = Number(process.env.PORT ?? 8787);
const computedBytes = Number(process.env.COMPUTED_MB ?? 256) * 1e6;

const loader = await createServer({
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  logLevel: 'error',
});
const { startFakeHub } = await loader.ssrLoadModule('/src/testing/fake-hub/server.ts');
const { demoRepos } = await loader.ssrLoadModule('/src/testing/fake-hub/demo-repos.ts');
const { defaultTokens } = await loader.ssrLoadModule('/src/testing/fake-hub/access.ts');

const hub = await startFakeHub({ repos: demoRepos({ computedBytes }), port });
const repos = [...hub.repos.keys()];
const tokens = Object.entries(defaultTokens).map(([token, { account, scopes }]) => {
  const namespaces = [account.name, ...account.orgs].join(', ');
  const right = scopes.includes('write-repos') ? `writes to ${namespaces}` : 'only reads';
  return `${token.padEnd(10)}  ${account.name}, ${right}`;
});
console.log(`
A Hub is at ${hub.url} (storage ${hub.cdnUrl}, Xet store ${hub.casUrl})

Point the page at it: open it with ?hub=${hub.url}
or set "hubUrl" to it in public/config.json.

Repos:   ${repos.join('\n         ')}

Tokens:  ${tokens.join('\n         ')}
         hf_member may read the gated repo, hf_owner the private one; any OAuth client id works

Uploads are kept until it stops. Press Ctrl+C to stop.`);
