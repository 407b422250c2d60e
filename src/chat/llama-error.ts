/** Tokens of prompt and answers. More would take memory that few conversations here need. */
export const contextTokens = 2048;

export class LlamaError extends Error {
  readonly tag = 'llama';
  readonly context: { readonly advice: string };
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.context = { advice };
  }
}
