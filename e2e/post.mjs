// A mail server that the program sends to, as it would to any: what it took can be read.
import { SMTPServer } from "smtp-server";
import PostalMime from "postal-mime";

/** Starts the server; `next` waits for a mail to somebody whose subject fits, each mail being given once. */
export async function post() {
  const mails = [];
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ["AUTH", "STARTTLS"], logger: false,
    async onData(stream, session, done) {
      const parts = [];
      for await (const part of stream) parts.push(part);
      mails.push({ ...(await PostalMime.parse(Buffer.concat(parts))), recipient: session.envelope.rcptTo[0].address });
      done();
    },
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const next = async (address, subject, patience = 60_000) => {
    for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) {
      const i = mails.findIndex((m) => m.recipient === address && subject.test(m.subject));
      if (i >= 0) return mails.splice(i, 1)[0];
    }
    throw new Error(`no mail to ${address} with ${subject}; there are: ${mails.map((m) => `${m.recipient} « ${m.subject} »`).join(", ")}`);
  };
  const { port } = server.server.address();
  return { port, next, stop: () => new Promise((done) => server.close(done)) };
}
