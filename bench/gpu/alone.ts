/**
 * The part on a machine that has neither the repository nor its packages; `bundle.js` makes the file.
 * Tables are printed and kept in the file that `--keep=` names, each as soon as it is known.
 */
import { writeFileSync } from 'node:fs';
import { flagsOf, type Table } from '../part.ts';
import { show } from '../show.js';
import { measured } from './gpu.ts';

const flags = flagsOf(process.argv.slice(2));
const file = flags.get('keep') || 'gpu-results.json';
const began = Date.now();
const tables: Table[] = [];
for await (const table of measured({ flags })) {
  show(table);
  tables.push(table);
  const seconds = Math.round((Date.now() - began) / 1000);
  writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), seconds, tables })}\n`);
}
console.log(`${Math.round((Date.now() - began) / 1000)} s`);
process.exit(0);
