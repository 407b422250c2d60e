/** What the page asks of its worker. */
export type Order =
  | { readonly kind: 'tile'; readonly name: string; readonly model: number }
  | {
      readonly kind: 'model';
      readonly name: string;
      readonly model: number;
      readonly header: Uint8Array<ArrayBuffer>;
      readonly byteLength: number;
    }
  | {
      readonly kind: 'copy';
      readonly from: readonly string[];
      readonly to: string;
      /** Whether the copy is read again, as a merge reads what it wrote. */
      readonly readBack: boolean;
    };
