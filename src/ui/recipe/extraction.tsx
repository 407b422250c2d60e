import { type Extraction, extractedParts } from '../../recipe/recipe.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { SelectField } from '../kit/select-field.tsx';

const parts: Readonly<Record<Extraction['parts'][number], string>> = {
  attention: 'attention',
  mlp: 'MLP',
  other: 'other linear layers',
  convolutions: 'convolutions',
  embeddings: 'embeddings',
  head: 'head',
};

const rests = [
  ['leave out', 'left out'],
  ['write vectors', 'norms and biases written whole'],
  ['write all', 'written whole (modules_to_save)'],
] as const;

/** Which weights of whole models become updates, and what becomes of the others. */
export function ExtractionFields() {
  const extraction = useRecipe((state) => state.recipe.extraction);
  const { setExtraction } = session.recipe.getState();
  return (
    <>
      <p className="param-help">
        What the merge makes of a weight less what the base has, cut to a rank: an adapter extracted
        from the models. On the base it gives the merge again, as far as its ranks hold it.
      </p>
      <fieldset className="extraction">
        <legend className="field-label">Extracted</legend>
        {extractedParts.map((part) => (
          <label key={part}>
            <input
              type="checkbox"
              checked={extraction.parts.includes(part)}
              onChange={({ target }) =>
                setExtraction({
                  parts: extractedParts.filter((one) =>
                    one === part ? target.checked : extraction.parts.includes(one),
                  ),
                })
              }
            />
            {parts[part]}
          </label>
        ))}
      </fieldset>
      <SelectField
        label="The rest"
        value={extraction.rest}
        options={rests}
        onChange={(rest) => setExtraction({ rest })}
      />
    </>
  );
}
