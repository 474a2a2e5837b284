// A small film made in the browser: VP8 from WebCodecs, put into WebM (RFC 9559) with its length and
// the places of its key frames, so that it can be sought in.

const id = (hex) => Buffer.from(hex, "hex");
const sized = (n) => {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(0x0100000000000000n | BigInt(n));
  return size;
};
const element = (hex, ...content) => {
  const body = Buffer.concat(content);
  return Buffer.concat([id(hex), sized(body.length), body]);
};
const number = (n) => {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(n));
  return b;
};
const double = (n) => {
  const b = Buffer.alloc(8);
  b.writeDoubleBE(n);
  return b;
};
const text = (s) => Buffer.from(s, "latin1");

/** Runs in the page: frames of a moving square, ten a second, a key frame each second. */
async function encode({ seconds, width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext("2d");
  const chunks = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      chunks.push({ key: chunk.type === "key", at: chunk.timestamp / 1000, data: btoa(String.fromCharCode(...data)) });
    },
    error: (e) => { throw e; },
  });
  encoder.configure({ codec: "vp8", width, height, bitrate: 50_000 });
  for (let i = 0; i < seconds * 10; i++) {
    paint.fillStyle = "#22366b";
    paint.fillRect(0, 0, width, height);
    paint.fillStyle = "#f0bd5b";
    paint.fillRect((i * 2) % width, height / 3, 12, 12);
    const frame = new VideoFrame(canvas, { timestamp: i * 100_000 });
    encoder.encode(frame, { keyFrame: i % 10 === 0 });
    frame.close();
  }
  await encoder.flush();
  return chunks;
}

/** A film of so many seconds, as the bytes of a WebM file. */
export async function film(page, seconds) {
  const size = { width: 96, height: 54 };
  const chunks = await page.evaluate(encode, { seconds, ...size });
  const groups = [];
  for (const chunk of chunks) {
    if (chunk.key) groups.push([]);
    groups.at(-1).push(chunk);
  }
  const clusters = groups.map((group) => element("1f43b675", element("e7", number(group[0].at)), ...group.map((chunk) => {
    const head = Buffer.from([0x81, 0, 0, chunk.key ? 0x80 : 0]);
    head.writeInt16BE(chunk.at - group[0].at, 1);
    return element("a3", head, Buffer.from(chunk.data, "base64"));
  })));
  const info = element("1549a966", element("2ad7b1", number(1_000_000)), element("4489", double(seconds * 1000)), element("4d80", text("e2e")), element("5741", text("e2e")));
  const tracks = element("1654ae6b", element("ae", element("d7", number(1)), element("73c5", number(1)), element("83", number(1)), element("86", text("V_VP8")),
    element("e0", element("b0", number(size.width)), element("ba", number(size.height)))));
  const cues = (begin) => {
    let at = begin;
    return element("1c53bb6b", ...groups.map((group, i) => {
      const cue = element("bb", element("b3", number(group[0].at)), element("b7", element("f7", number(1)), element("f1", number(at))));
      at += clusters[i].length;
      return cue;
    }));
  };
  const before = info.length + tracks.length;
  const places = cues(before + cues(0).length);
  const header = element("1a45dfa3", element("4286", number(1)), element("42f7", number(1)), element("42f2", number(4)), element("42f3", number(8)),
    element("4282", text("webm")), element("4287", number(4)), element("4285", number(2)));
  return Buffer.concat([header, element("18538067", info, tracks, places, ...clusters)]);
}
