// Passkeys. Both elements stay hidden where the browser knows none.
//   <passkey-sign-in data-next>  its button signs in with a passkey of this device
//   <passkey-add>                its form makes a passkey under the name typed
// Options and answers travel as the JSON of Web Authentication Level 3 (5.1.8, 5.5): binary in
// base64url. Not every browser we serve converts it itself.

interface Begun {
  token: string;
  options: Record<string, unknown>;
}

function bytes(text: string): ArrayBuffer {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Turns the binary members of options, which the server writes in base64url, into bytes. */
function decode(options: Record<string, unknown>): Record<string, unknown> {
  const out = { ...options, challenge: bytes(options["challenge"] as string) } as Record<string, unknown>;
  const user = options["user"] as { id: string } | undefined;
  if (user) out["user"] = { ...user, id: bytes(user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    const known = options[list] as { id: string }[] | undefined;
    if (known) out[list] = known.map((c) => ({ ...c, id: bytes(c.id) }));
  }
  return out;
}

function encode(credential: PublicKeyCredential): unknown {
  const from = credential.response as unknown as Record<string, unknown>;
  const response: Record<string, unknown> = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (from[name] instanceof ArrayBuffer) response[name] = text(from[name]);
  }
  if (credential.response instanceof AuthenticatorAttestationResponse) response["transports"] = credential.response.getTransports();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response };
}

/** A refusal that the server has put in a sentence. */
class Refusal extends Error {}

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new Refusal(said.error);
  return said;
}

abstract class PasskeyElement extends HTMLElement {
  private busy = false;

  connectedCallback() {
    if (!window.PublicKeyCredential) return;
    this.hidden = false;
    this.listen();
  }

  protected abstract listen(): void;

  /** Runs the ceremony once at a time, says what went wrong, or goes to the page that follows. */
  protected async run(ceremony: () => Promise<{ next: string }>) {
    if (this.busy) return;
    this.busy = true;
    this.say("");
    try {
      location.assign((await ceremony()).next);
    } catch (error) {
      if (error instanceof Refusal) this.say(error.message);
      else if (error instanceof DOMException) this.say(this.dataset["cancelled"] ?? "");
      else this.say(this.dataset["failed"] ?? "");
    } finally {
      this.busy = false;
    }
  }

  private say(words: string) {
    const place = this.querySelector(".passkey-said");
    if (place) place.textContent = words;
  }
}

class PasskeySignIn extends PasskeyElement {
  protected listen() {
    this.querySelector("button")?.addEventListener("click", () => void this.run(() => this.signIn()));
  }

  private async signIn() {
    const begun = await post<Begun>("/sign-in/passkey/begin", {});
    const publicKey = decode(begun.options) as unknown as PublicKeyCredentialRequestOptions;
    const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
    return post<{ next: string }>("/sign-in/passkey", { token: begun.token, next: this.dataset["next"], credential: encode(credential) });
  }
}
customElements.define("passkey-sign-in", PasskeySignIn);

class PasskeyAdd extends PasskeyElement {
  protected listen() {
    this.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.run(() => this.add());
    });
  }

  private async add() {
    const name = this.querySelector("input")?.value ?? "";
    const begun = await post<Begun>("/account/passkeys/begin", {});
    const publicKey = decode(begun.options) as unknown as PublicKeyCredentialCreationOptions;
    const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    return post<{ next: string }>("/account/passkeys", { token: begun.token, name, credential: encode(credential) });
  }
}
customElements.define("passkey-add", PasskeyAdd);
