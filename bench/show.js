/**
 * Prints a table with its remarks.
 * @param {import('./part.ts').Table} table
 */
export function show({ title, rows, remarks = [] }) {
  console.log(`\n${title}`);
  if (rows.length > 0) console.table(rows);
  for (const remark of remarks) console.log(remark);
}
