import { floatDtypes } from '../../numerics/dtype.ts';
import { explain, type Linked, link } from '../shaders/link.ts';

/** Which program: a complete shader, the formula it imports, and values of its override constants. */
export type Program = {
  readonly shader: string;
  readonly formula?: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Unrolled programs run faster on software adapters and take longer to compile. */
  readonly unroll: boolean;
};

/** Loops over more models than this stay loops: their text would grow beyond reason. */
const MOST_UNROLLED = 8;

/** What the linker unrolls; planes of several dtypes, which are rare, bring too much text to repeat. */
function unrolledIn({ unroll, constants }: Program): Readonly<Record<string, number>> | null {
  const { MODELS, DTYPE } = constants;
  return unroll && MODELS <= MOST_UNROLLED && DTYPE < floatDtypes.length ? { MODELS } : null;
}

/** Compiled programs of one device. All shaders share one layout: a uniform and five storage buffers. */
export class Pipelines {
  static readonly #ofDevice = new WeakMap<GPUDevice, Pipelines>();
  readonly layout: GPUBindGroupLayout;
  readonly #device: GPUDevice;
  readonly #pipelineLayout: GPUPipelineLayout;
  readonly #modules = new Map<string, { linked: Linked; module: GPUShaderModule }>();
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  /** The one instance of a device: compiling takes longer than most merges of a tensor. */
  static of(device: GPUDevice): Pipelines {
    const known = Pipelines.#ofDevice.get(device);
    if (known) return known;
    const made = new Pipelines(device);
    Pipelines.#ofDevice.set(device, made);
    return made;
  }

  private constructor(device: GPUDevice) {
    this.#device = device;
    const types = [
      'uniform',
      'read-only-storage',
      'read-only-storage',
      'storage',
      'storage',
      'read-only-storage',
    ] as const;
    this.layout = device.createBindGroupLayout({
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    this.#pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [this.layout] });
  }

  /** Rejects with file and line when the program does not compile. */
  get(program: Program): Promise<GPUComputePipeline> {
    const key = JSON.stringify(program);
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#compile(program);
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  async #compile(program: Program): Promise<GPUComputePipeline> {
    const { shader, formula, constants } = program;
    const { linked, module } = this.#module(shader, formula, unrolledIn(program));
    try {
      return await this.#device.createComputePipelineAsync({
        label: formula ? `${shader} ${formula}` : shader,
        layout: this.#pipelineLayout,
        compute: { module, constants },
      });
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const said = messages.map((message) => explain(linked, message));
      throw new Error([`Shader ${shader} does not compile`, ...said].join('\n'), { cause });
    }
  }

  #module(
    shader: string,
    formula: string | undefined,
    unrolled: Readonly<Record<string, number>> | null,
  ): { linked: Linked; module: GPUShaderModule } {
    const key = JSON.stringify([shader, formula, unrolled]);
    let made = this.#modules.get(key);
    if (!made) {
      const linked = link(shader, formula, unrolled);
      // The message of a failure comes with the pipeline, where file and line can be told.
      this.#device.pushErrorScope('validation');
      made = { linked, module: this.#device.createShaderModule({ code: linked.code }) };
      void this.#device.popErrorScope().catch(() => null);
      this.#modules.set(key, made);
    }
    return made;
  }
}
