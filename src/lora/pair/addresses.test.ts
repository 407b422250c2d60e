import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';

/** Which parts of a pipeline a module may be of, by its whole name. */
const partsOf = (module: string) =>
  addressesOf(module).flatMap(({ parts }) => (parts === null ? [] : [parts]));

test.each([
  ['model.diffusion_model.input_blocks.0.0', ['denoiser']],
  ['cond_stage_model.transformer.text_model.encoder', ['te1']],
  ['conditioner.embedders.1.model.transformer', ['te2']],
  ['text_encoders.clip_l.transformer.text_model', ['te1']],
  ['text_encoders.clip_g.transformer.text_model', ['te2']],
  ['text_encoders.t5xxl.transformer.encoder', ['te3']],
  ['first_stage_model.decoder.conv_in', ['vae']],
  ['unet/conv_in', ['denoiser']],
  ['text_encoder_2/encoder.block', ['te2', 'te3']],
  ['lora_te1_text_model_encoder', ['te1']],
  ['lora_te3_encoder_block', ['te3']],
])('%s', (module, parts) => {
  expect(partsOf(module)).toContainEqual(parts);
});
