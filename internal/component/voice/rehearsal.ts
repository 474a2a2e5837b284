// <voice-rehearsal> is the rehearsal room; what it does is fetched on its page only.
class VoiceRehearsal extends HTMLElement {
  private stop = () => {};

  connectedCallback() {
    this.querySelectorAll("noscript").forEach((element) => element.remove());
    void import("./client/rehearsal").then(({ Rehearsal }) => {
      if (!this.isConnected) return;
      const rehearsal = new Rehearsal(this);
      this.stop = () => rehearsal.stop();
    });
  }

  disconnectedCallback() {
    this.stop();
  }
}
customElements.define("voice-rehearsal", VoiceRehearsal);
