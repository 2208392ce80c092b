// What tells one content from another.

/** @param {BufferSource} content @returns {Promise<string>} its SHA-256; browsers give one on encrypted addresses and on this machine */
export async function checksumOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
