// A recorded run: the messages of a worker with their times, as one small file.
//
// Decides: how messages become bytes. JSON, in which typed arrays are base64; floats become 16-bit whole numbers of a
// scale, which no picture shows. Files are compressed with gzip.

/** What a worker said, and when, from the beginning of the recording on. */
export interface RecordedMessage {
  readonly atMs: number;
  readonly message: unknown;
}

/** What was recorded, where and when. */
export interface Recording {
  readonly version: 1;
  readonly adapter: string;
  readonly browser: string;
  /** As "2026-11-21". */
  readonly date: string;
  /** How many times as fast as it was the run is shown. */
  readonly speed: number;
  readonly messages: readonly RecordedMessage[];
}

/** An array in JSON: its kind, its bytes in base64, and of floats what they were divided by. */
interface PackedArray {
  readonly $: string;
  readonly bytes: string;
  readonly scale?: number;
}

const LARGEST = 32767;
const wholeKinds = { Uint8Array, Int32Array, Uint32Array, Uint8ClampedArray } as const;

/** The bytes of a recording, compressed. */
export async function encodeRecording(recording: Recording): Promise<Uint8Array<ArrayBuffer>> {
  const text = JSON.stringify(recording, (_, value: unknown) => packed(value));
  return passed(new TextEncoder().encode(text), new CompressionStream("gzip"));
}

/** What `encodeRecording` wrote. Throws where the bytes are nothing of the kind. */
export async function decodeRecording(bytes: Uint8Array<ArrayBuffer>): Promise<Recording> {
  const text = new TextDecoder().decode(await passed(bytes, new DecompressionStream("gzip")));
  const recording = JSON.parse(text, (_, value: unknown) => unpacked(value)) as Recording;
  if (recording.version !== 1) throw new Error("The recorded run is of another version.");
  return recording;
}

function packed(value: unknown): unknown {
  if (value instanceof Float32Array) {
    const scale = value.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1e-30) / LARGEST;
    const whole = Int16Array.from(value, (entry) => Math.round(entry / scale));
    return { $: "Float32Array", scale, bytes: base64(new Uint8Array(whole.buffer)) } satisfies PackedArray;
  }
  if (!ArrayBuffer.isView(value)) return value;
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return { $: value.constructor.name, bytes: base64(bytes) } satisfies PackedArray;
}

function unpacked(value: unknown): unknown {
  if (!isPacked(value)) return value;
  const bytes = Uint8Array.from(atob(value.bytes), (character) => character.charCodeAt(0));
  const { scale } = value;
  if (scale !== undefined) return Float32Array.from(new Int16Array(bytes.buffer), (entry) => entry * scale);
  const [, Kind] = Object.entries(wholeKinds).find(([name]) => name === value.$) ?? [];
  if (Kind === undefined) throw new Error(`The recorded run has a ${value.$}, which nobody reads.`);
  return new Kind(bytes.buffer);
}

function isPacked(value: unknown): value is PackedArray {
  return typeof value === "object" && value !== null && "$" in value && "bytes" in value;
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

async function passed(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(through);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
