// Two things that Gradio does not do. A photo may be dropped anywhere on the page. A file over the
// server's limit is kept back before it is sent, in the reader's language (the server refuses it too).
(() => {
  const LIMIT_BYTES = 25_000_000;
  const SHOWN_MS = 12_000;
  const field = () => document.querySelector("#composer input[type=file]");
  const many = () => document.querySelector("#batch-files input[type=file]");
  const manyShown = () => document.querySelector("#batch-columns")?.offsetParent != null;
  let handing = false;

  function refuse() {
    const sentence = document.getElementById("too-large");
    if (!sentence) return setTimeout(refuse, 200);  // the page is still being filled
    sentence.hidden = false;
    sentence.scrollIntoView({ block: "nearest" });
    setTimeout(() => { sentence.hidden = true; }, SHOWN_MS);
  }

  // of many photos the others are sent, and those kept back are named
  function sift(files) {
    const sentence = document.getElementById("batch-large");
    const kept = Array.from(files).filter((file) => file.size > LIMIT_BYTES);
    if (sentence) {
      sentence.hidden = !kept.length;
      sentence.querySelector("b").textContent = kept.map((file) => file.name).join(", ");
    }
    return kept.length ? carried(Array.from(files).filter((file) => !kept.includes(file))) : null;
  }

  function carried(files) {
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    return carrier.files;
  }

  function hand(input, files) {
    if (!input || !files.length) return;
    handing = true;
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    handing = false;
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
    const input = event.target;
    if (input === field() && guard(event, input.files)) input.value = "";
    const ofFolder = input.nextElementSibling?.id === "batch-folder";
    if (handing || !(ofFolder || input.matches?.("#batch-files input"))) return;
    const others = sift(input.files);
    if (!others) return;
    event.stopImmediatePropagation();
    input.value = "";
    hand(input, others);
  }, true);
  document.addEventListener("paste", (event) => guard(event, event.clipboardData?.files), true);
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    if (manyShown()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      hand(many(), sift(files) || files);
      return;
    }
    if (guard(event, files)) return;
    if (event.target.closest?.("#composer")) return;  // Gradio takes these itself
    event.preventDefault();
    hand(field(), carried(Array.from(files)));
  }, true);
})();
