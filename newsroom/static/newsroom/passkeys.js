// Says in words what allauth's scripts for passkeys would only write on the console.
(() => {
  "use strict";

  const show = (name, isShown) => {
    for (const note of document.querySelectorAll(`[data-passkey-${name}]`)) note.hidden = !isShown;
  };

  // Browsers make passkeys for names, never for numeric addresses.
  const isNumeric = /^[\d.]+$|^\[/.test(window.location.hostname);
  const isPossible = window.isSecureContext && "PublicKeyCredential" in window && !isNumeric;

  document.addEventListener("DOMContentLoaded", () => {
    show("impossible", !isPossible);
    for (const button of document.querySelectorAll("button[data-passkey]")) {
      button.disabled = !isPossible;
      button.addEventListener("click", () => show("failed", false));
    }
  });

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    show("failed", true);
  });
})();
