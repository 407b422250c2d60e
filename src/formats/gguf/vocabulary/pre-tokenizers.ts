/**
 * SHA-256 of the tokens of the probe → name of the pre-tokenizer, for byte-level BPE that decoders of the architectures
 * here come with. Facts of llama.cpp's converter (`get_vocab_base_pre`, 2026-11), each beside a model that has it.
 */
export const preTokenizers: ReadonlyMap<string, string> = new Map([
  // Meta-Llama-3-8B
  ['0ef9807a4087ebef797fc749390439009c3b9eda9ad1a097abbe738f486c01e5', 'llama-bpe'],
  // Smaug-Llama-3-70B-Instruct
  ['c136ed14d01c2745d4f60a9596ae66800e2b61fa45643e72436041855ad4089d', 'smaug-bpe'],
  // gpt2
  ['3ce83efda5659b07b1ad37ca97ca5797ea4285d9b9ab0dc679e4a720c9da7454', 'gpt-2'],
  // ruGPT3XL
  ['0fe1cf6eda062318a1af7270f3331a85c539a01778ff948e24388e949c5282f4', 'gpt-2'],
  // Qwen1.5-7B
  ['e636dc30a262dcc0d8c323492e32ae2b70728f4df7dfe9737d9f920a282b8aea', 'qwen2'],
  // Qwen3-Embedding-0.6B
  ['d4540891389ea895b53b399da6ac824becc30f2fba0e9ddbb98f92e55ca0e97c', 'qwen2'],
  // DeepSeek-R1-Distill-Qwen-1.5B
  ['b3f499bb4255f8ca19fccd664443283318f2fd2414d5e0b040fbdd0cc195d6c5', 'deepseek-r1-qwen'],
  // SmolLM-135M
  ['855059429035d75a914d1eda9f10a876752e281a054a7a3d421ef0533e5b6249', 'smollm'],
  // Mistral-Nemo-Base-2407
  ['63b97e4253352e6f357cc59ea5b583e3a680eaeaf2632188c2b952de2588485e', 'tekken'],
  // pixtral-12b
  ['0e9433cbbb161f89e264eb32e8e64bfe69e834973ffca5d41d3948a604a3e2a3', 'pixtral'],
  // deepseek-llm-7b-base
  ['049ecf7629871e3041641907f3de7c733e4dbfdc736f57d882ba0b0845599754', 'deepseek-llm'],
  // deepseek-coder-6.7b-base
  ['347715f544604f9118bb75ed199f68779f423cabb20db6de6f31b908d04d7821', 'deepseek-coder'],
  // DeepSeek-V3
  ['877081d19cf6996e2c4ff0e1236341e9b7bde288f5311a56a937f0afbbb3aeb5', 'deepseek-v3'],
  // Falcon3-7B-Base
  ['9d032fcbd5501f4a38150912590928bfb36091efb5df11b8e2124b0390e3fb1e', 'falcon3'],
  // starcoder2-3b
  ['35d91631860c815f952d711435f48d356ebac988362536bed955d43bfa436e34', 'starcoder'],
  // stablelm-2-zephyr-1_6b
  ['32d85c31273f8019248f2559fed492d929ea28b17e51d81d3bb36fff23ca72b3', 'stablelm2'],
  // phi-2
  ['fcace8b9cac38ce847670c970cd5892031a753a1ef381abd1d9af00f713da085', 'phi-2'],
  // Minerva-7B-base-v1.0
  ['1431a23e583c97432bc230bff598d103ddb5a1f89960c8f1d1051aaa944d0b35', 'minerva-7b'],
  // Poro-34B-chat
  ['c7ea5862a53e4272c035c8238367063e2b270d51faa48c0f09e9d5b54746c360', 'poro-chat'],
  // Viking-7B
  ['7fc505bd3104ca1083b150b17d088b59534ede9bde81f0dd2090967d7fe52cee', 'viking'],
  // CodeShell-7B
  ['7b3e7548e4308f52a76e8229e4e6cc831195d0d1df43aed21ac6c93da05fec5f', 'codeshell'],
  // Megrez-3B-Instruct
  ['d4c8f286ea6b520b3d495c4455483cfa2302c0cfcd4be05d781b6a8a0a7cdaf1', 'megrez'],
  // Trillion-7B-preview
  ['1994ffd01900cfb37395608534236ecd63f2bd5995d6cb1004dda1af50240f15', 'trillion'],
  // Seed-Coder-8B-Base
  ['d5f1dd6f980fec569fb218a81a7658ac45fc56b38c5a0adeb1c232fbe04ef5ec', 'seed-coder'],
  // A.X-4.0
  ['b0a6b1c0bd5998ebd9df08611efde34a4ff03faed45ae09c43e6b31ebd4b94cf', 'a.x-4.0'],
  // Midm-2.0-Base-Instruct
  ['f6791d196f87ce6b56a7d234be618e0d58f8cda3549416635b2bebcd22cd95c4', 'midm-2.0'],
  // KORMo-tokenizer
  ['4a2e2abae11ca2b86d570fc5b44be4d5eb5e72cc8f22dd136a94b37da83ab665', 'kormo'],
]);
