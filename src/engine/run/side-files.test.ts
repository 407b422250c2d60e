import { expect, test } from 'vitest';
import { cardName } from '../../plan/card.ts';
import { withSections } from './side-files.ts';

test('sections stand in the model card in their order, before the recipe; other files stay', () => {
  const card = '# Merge\n\n## Recipe\n\njson\n';
  const sides = [
    { name: cardName, text: card },
    { name: 'config.json', text: '{}' },
  ];
  const [told, config] = withSections(sides, ['## Scores', '## What is left']);
  expect(told).toMatchObject({
    text: '# Merge\n\n## Scores\n\n## What is left\n\n## Recipe\n\njson\n',
  });
  expect(config).toBe(sides[1]);
  expect(withSections(sides, [])[0]).toEqual(sides[0]);
});
