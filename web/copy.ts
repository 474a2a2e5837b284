/**
 * <copy-text data-done="Copié"><code>value</code><button hidden><span>Copier</span></button><span role="status"></span></copy-text>
 * shows its button, which copies the value and says so, written and spoken, for two seconds.
 */
class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return; // without https the value can still be selected
    button.hidden = false;
    button.addEventListener("click", () => void this.copy(button));
  }

  private async copy(button: HTMLButtonElement) {
    const label = button.querySelector("span");
    const spoken = this.querySelector("[role=status]");
    const value = this.querySelector("code");
    if (!label || !spoken || !value || spoken.textContent) return;
    try {
      await navigator.clipboard.writeText(value.textContent ?? "");
    } catch {
      getSelection()?.selectAllChildren(value); // refused by the browser: ready for the keyboard
      return;
    }
    const before = label.textContent;
    label.textContent = spoken.textContent = this.dataset["done"] ?? "";
    setTimeout(() => {
      label.textContent = before;
      spoken.textContent = "";
    }, 2000);
  }
}
customElements.define("copy-text", CopyText);
