// Stands before a provider that is served, and tells Terraform of those types alone that are named.
//
//     node lean_provider.js LISTENS PROVIDER TYPE...
//
// Both are Unix sockets. What the provider has of 1,500 types Terraform asks for in each run, and
// most of the processor's time of a run goes into it: it is asked once here. All other calls, and
// the types that are named, go through as they are. Ends where standard input ends.
//
// Source: https://github.com/hashicorp/terraform/blob/v1.11.4/docs/plugin-protocol/tfplugin5.8.proto
"use strict";
const http2 = require("node:http2");
const net = require("node:net");

const [listens, provider, ...types] = process.argv.slice(2);
const wanted = new Set(types);
const SCHEMA = "/tfplugin5.Provider/GetSchema";
const OF_TYPES = new Set([2, 3, 8]); // resources, data sources, ephemeral resources
const LENGTH_DELIMITED = 2;
const options = { maxSessionMemory: 1000, settings: { initialWindowSize: 1 << 24 } };
let schema; // the answer once it was given: headers, body, trailers

/** A variable-length number of a message, and where what follows it begins. */
function number(message, at) {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = message[at++];
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
  }
}

/** A gRPC message without the types that are not wanted. */
function lean(framed) {
  const message = framed.subarray(5); // one byte of flags, four of length
  if (framed[0] || framed.readUInt32BE(1) !== message.length) throw Error("compressed, or several");
  const kept = [];
  for (let at = 0; at < message.length; ) {
    const begins = at;
    let tag, length;
    [tag, at] = number(message, at);
    if (tag % 8 !== LENGTH_DELIMITED) throw Error(`field ${tag}`);
    [length, at] = number(message, at);
    const entry = message.subarray(at, at + length);
    at += length;
    const [, key] = number(entry, 1);
    const name = OF_TYPES.has(tag >> 3) && entry.toString("utf8", key, key + entry[1]);
    if (name === false || wanted.has(name)) kept.push(message.subarray(begins, at));
  }
  const body = Buffer.concat(kept);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Whether Terraform waits no more, as after Ctrl-C. */
const over = (stream) => stream.destroyed || stream.closed || stream.aborted;

function answer(stream, headers, trailers) {
  stream.respond(headers, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers() ?? {}));
}

function forward(stream, headers, upstream) {
  if (headers[":path"] === SCHEMA && schema) {
    answer(stream, schema.headers, () => schema.trailers);
    stream.end(schema.body);
    return;
  }
  const call = upstream.request(headers);
  let trailers;
  call.on("trailers", (found) => (trailers = found));
  call.on("response", (found, flags) => {
    if (over(stream)) return;
    if (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) {
      stream.respond(found, { endStream: true });
    } else if (headers[":path"] === SCHEMA) {
      const chunks = [];
      call.on("data", (chunk) => chunks.push(chunk));
      call.on("end", () => {
        schema = { headers: found, body: lean(Buffer.concat(chunks)), trailers };
        if (over(stream)) return;
        answer(stream, found, () => trailers);
        stream.end(schema.body);
      });
    } else {
      answer(stream, found, () => trailers);
      call.pipe(stream);
    }
  });
  stream.pipe(call);
  for (const [one, other] of [[stream, call], [call, stream]]) {
    one.on("error", () => other.close(http2.constants.NGHTTP2_CANCEL));
    one.on("aborted", () => other.close(http2.constants.NGHTTP2_CANCEL));
  }
}

const server = http2.createServer(options);
server.on("session", (session) => {
  const upstream = http2.connect("http://localhost", {
    ...options,
    createConnection: () => net.connect(provider),
  });
  upstream.on("error", () => session.destroy());
  upstream.on("close", () => session.destroy());
  session.on("error", () => upstream.destroy());
  session.on("close", () => upstream.destroy());
  session.on("stream", (stream, headers) => forward(stream, headers, upstream));
});
server.listen(listens, () => console.log("listens"));
process.stdin.on("end", () => process.exit(0)).resume();
