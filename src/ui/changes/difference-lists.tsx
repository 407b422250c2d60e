import type { Difference } from '../../views/difference.ts';
import { Disclosure } from '../kit/disclosure.tsx';
import { counted } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';
import { bytesWords } from './difference-rows.ts';

/** Tensors that are equal, that only one model has, or that do not fit on each other; the lists that have any. */
export function DifferenceLists({
  difference: { names, lists },
}: {
  readonly difference: Difference;
}) {
  const [first, second] = names;
  const plain = (all: readonly string[]) => all.map((tensor) => ({ tensor, told: '' }));
  const paired = (all: Difference['lists']['otherShape']) =>
    all.map(({ tensor, ...each }) => ({ tensor, told: `${each.first} → ${each.second}` }));
  const shown = [
    { key: 'first', title: `Only in ${first}`, of: plain(lists.onlyFirst) },
    { key: 'second', title: `Only in ${second}`, of: plain(lists.onlySecond) },
    { key: 'shape', title: 'Other shape', of: paired(lists.otherShape) },
    { key: 'dtype', title: 'Other dtype', of: paired(lists.otherDtype) },
    { key: 'equal', title: 'Exactly equal', of: plain(lists.equal) },
    { key: 'sample', title: 'Equal in the sample', of: plain(lists.equalInSample) },
    {
      key: 'bytes',
      title: 'No floats',
      of: lists.notFloats.map(({ tensor, isEqual }) => ({ tensor, told: bytesWords(isEqual) })),
    },
  ];
  return shown.map(
    ({ key, title, of }) =>
      of.length > 0 && (
        <Disclosure key={key} title={title} summary={counted(of.length, 'tensor')}>
          <LongList
            items={of}
            label={title}
            className="notes number"
            keyOf={({ tensor }) => tensor}
          >
            {({ tensor, told }) => (
              <>
                <code>{tensor}</code>
                {told && <span>{told}</span>}
              </>
            )}
          </LongList>
        </Disclosure>
      ),
  );
}
