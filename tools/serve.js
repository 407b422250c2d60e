// Builds the app, serves it on localhost and prints the address.
import { build, preview } from 'vite';

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: Number(process.env.PORT ?? 4173) } });
const address = server.resolvedUrls?.local[0];
console.log(`\nAmalgam is at ${address}\nPress Ctrl+C to stop.`);
