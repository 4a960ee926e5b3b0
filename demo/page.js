// Two things that Gradio does not do. A photo may be dropped anywhere on the page. A file over the
// server's limit is refused before it is sent, in the reader's language (the server refuses it too).
(() => {
  const LIMIT_BYTES = 25_000_000;
  const SHOWN_MS = 12_000;
  const field = () => document.querySelector("#composer input[type=file]");

  function refuse() {
    const sentence = document.getElementById("too-large");
    if (!sentence) return setTimeout(refuse, 200);  // the page is still being filled
    sentence.hidden = false;
    sentence.scrollIntoView({ block: "nearest" });
    setTimeout(() => { sentence.hidden = true; }, SHOWN_MS);
  }

  const tooLarge = (files) => Array.from(files || []).some((file) => file.size > LIMIT_BYTES);

  function guard(event, files) {
    if (!tooLarge(files)) return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    refuse();
    return true;
  }

  document.addEventListener("change", (event) => {
    if (event.target === field() && guard(event, event.target.files)) event.target.value = "";
  }, true);
  document.addEventListener("paste", (event) => guard(event, event.clipboardData?.files), true);
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files;
    if (!files?.length || guard(event, files)) return;
    if (event.target.closest?.("#composer")) return;  // Gradio takes these itself
    event.preventDefault();
    const input = field();
    if (!input) return;
    const carrier = new DataTransfer();
    Array.from(files).forEach((file) => carrier.items.add(file));
    input.files = carrier.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, true);
})();
