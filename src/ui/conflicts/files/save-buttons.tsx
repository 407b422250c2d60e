import { Download } from 'lucide-react';
import { saveFile } from '../../../commands/save-file.ts';
import { Button } from '../../kit/button.tsx';
import { fileName } from './sheet.ts';

type SaveButtonsProps = {
  /** What the files are called, and what the buttons say they hold. */
  readonly name: readonly string[];
  readonly of: string;
  readonly csv: () => string;
  readonly png: (from: HTMLElement) => HTMLCanvasElement;
};

/** What is shown as a picture and as numbers. */
export function SaveButtons({ name, of, csv, png }: SaveButtonsProps) {
  const file = fileName(...name);
  const picture = () => {
    // The colours are those of the view.
    const from = document.querySelector<HTMLElement>('.conflicts');
    if (from) png(from).toBlob((blob) => blob && saveFile(`${file}.png`, blob));
  };
  return (
    <span className="save-buttons">
      <Button look="quiet" aria-label={`${of} as PNG`} onPress={picture}>
        <Download aria-hidden /> PNG
      </Button>
      <Button
        look="quiet"
        aria-label={`${of} as CSV`}
        onPress={() => saveFile(`${file}.csv`, new Blob([csv()], { type: 'text/csv' }))}
      >
        <Download aria-hidden /> CSV
      </Button>
    </span>
  );
}
