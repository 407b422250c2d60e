// Fails when the JavaScript that the page loads at start exceeds its budget.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = 250 * 1024;
const page = readFileSync('dist/index.html', 'utf8');

/** The scripts the page names and, from there, everything imported statically. */
const initial = new Set(
  [...page.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.js)"/g)].map((match) => match[1]),
);
for (const file of initial) {
  const code = readFileSync(join('dist', file), 'utf8');
  for (const match of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
    initial.add(`assets/${match[1]}`);
  }
}

let total = 0;
for (const file of initial) {
  const size = gzipSync(readFileSync(join('dist', file)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KB  ${file}`);
}
const lazy = readdirSync('dist/assets').filter(
  (f) => f.endsWith('.js') && !initial.has(`assets/${f}`),
);
console.log(
  `${(total / 1024).toFixed(1).padStart(8)} KB  initial JavaScript, gzip (budget 250 KB)`,
);
console.log(`          loaded later: ${lazy.join(', ') || 'nothing'}`);
if (initial.size === 0 || total > BUDGET) {
  console.error('The initial JavaScript is over its budget, or none was found.');
  process.exit(1);
}
