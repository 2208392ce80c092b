// One message of a kernel's websocket, by the protocol v1.kernel.websocket.jupyter.org: eight bytes say how many offsets follow,
// of eight bytes each; between them lie the channel, four parts of JSON and the buffers.

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{ channel: string, header: Json, parent_header: Json, metadata: Json, content: Json, buffers: DataView[] }} Message
 */

export const PROTOCOL = "v1.kernel.websocket.jupyter.org";

/**
 * @param {Json} header
 * @param {Json} metadata
 * @param {Json} content
 * @param {(ArrayBuffer | ArrayBufferView)[]} buffers
 */
export function pack(header, metadata, content, buffers) {
  const text = new TextEncoder();
  const json = [header, {}, metadata, content].map((part) => text.encode(JSON.stringify(part)));
  const parts = [text.encode("shell"), ...json, ...buffers.map(bytesOf)];
  const start = 8 * (parts.length + 2);
  const frame = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, start));
  const offsets = new DataView(frame.buffer);
  offsets.setBigUint64(0, BigInt(parts.length + 1), true);
  let at = start;
  offsets.setBigUint64(8, BigInt(at), true);
  parts.forEach((part, index) => {
    frame.set(part, at);
    at += part.byteLength;
    offsets.setBigUint64(16 + 8 * index, BigInt(at), true);
  });
  return frame;
}

/**
 * @param {ArrayBuffer} frame
 * @returns {Message}
 */
export function unpack(frame) {
  const offsets = new DataView(frame);
  const count = Number(offsets.getBigUint64(0, true));
  const parts = Array.from({ length: count - 1 }, (_, index) =>
    frame.slice(Number(offsets.getBigUint64(8 + 8 * index, true)), Number(offsets.getBigUint64(16 + 8 * index, true))),
  );
  const texts = parts.slice(0, 5).map((part) => new TextDecoder().decode(part));
  const [header, parent_header, metadata, content] = texts.slice(1).map((text) => JSON.parse(text));
  const buffers = parts.slice(5).map((part) => new DataView(part));
  return { channel: texts[0], header, parent_header, metadata, content, buffers };
}

/** @param {ArrayBuffer | ArrayBufferView} buffer */
function bytesOf(buffer) {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** A name that nothing else has; a page that comes without TLS has no `crypto.randomUUID`. */
export function unique() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
