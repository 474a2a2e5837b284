/**
 * <copy-text data-done="Copié"><code>value</code><button hidden><span role="status">Copier</span></button></copy-text>
 * shows its button, which copies the value and says so for two seconds.
 */
class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return; // without https the value can still be selected
    button.hidden = false;
    button.addEventListener("click", () => void this.copy(button));
  }

  private async copy(button: HTMLButtonElement) {
    const said = button.querySelector("[role=status]");
    const value = this.querySelector("code");
    if (!said || !value) return;
    try {
      await navigator.clipboard.writeText(value.textContent ?? "");
    } catch {
      getSelection()?.selectAllChildren(value); // refused by the browser: ready for the keyboard
      return;
    }
    const label = said.textContent;
    const done = this.dataset["done"] ?? "";
    if (label === done) return;
    said.textContent = done;
    setTimeout(() => (said.textContent = label), 2000);
  }
}
customElements.define("copy-text", CopyText);
