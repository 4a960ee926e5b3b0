// Looking closely at the photos at the right. A click enlarges one around the pointer; moving the
// pointer, dragging a finger or the arrow keys show the rest, the wheel or + and - change how large.
// Then the photo is fetched again from all its pixels. "Measure" turns clicks into the two ends of
// a ruler in disc diameters. Numbers and words come from #tools (demo/ruler.py).
(() => {
  const FIRST = 3, LEAST = 1.5, MOST = 16, STEP = 1.25;
  const FRAMES = "#views .image-frame";
  const SVG = "http://www.w3.org/2000/svg";
  const ends = new Map();  // name of the component -> { number of the photo, points in its pixels }
  const asked = new Map();  // name -> address of the picture that was too small
  let measuring = false, bar = false;

  const tools = () => document.getElementById("tools");
  const said = () => JSON.parse(tools().dataset.said);
  const nameOf = (frame) => frame.closest(".view").id;
  const isLarge = (frame) => frame.classList.contains("zoomed");
  const zoomOf = (frame) => (isLarge(frame) ? Number(frame.style.getPropertyValue("--zoom")) : 1);
  const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
  function facts(frame) {
    return tools() ? JSON.parse(tools().dataset.photos)[nameOf(frame)] : undefined;
  }

  // ---- enlarging ----

  function aim(frame, x, y) {
    frame.style.setProperty("--x", `${clamp(x, 0, 100)}%`);
    frame.style.setProperty("--y", `${clamp(y, 0, 100)}%`);
  }
  const aimed = (frame) => ["--x", "--y"].map((side) => parseFloat(frame.style.getPropertyValue(side)) || 50);

  function aimAt(frame, event) {
    const box = frame.getBoundingClientRect();
    aim(frame, (100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height);
  }

  function enlarge(frame, zoom) {
    frame.style.setProperty("--zoom", clamp(zoom, LEAST, MOST));
    frame.classList.add("zoomed");
    sharpen(frame);
    draw();
  }

  function reduce(frame) {
    frame.classList.remove("zoomed");
    draw();
  }

  function sharpen(frame) {
    const image = frame.querySelector("img"), photo = facts(frame), name = nameOf(frame);
    const shown = Math.max(image?.naturalWidth || 0, image?.naturalHeight || 0);
    if (!photo || !shown || shown >= photo.sharp || asked.get(name) === image.src) return;
    asked.set(name, image.src);
    document.getElementById(`sharpen-${name}`)?.click();
  }

  // ---- measuring ----

  function toPhoto(frame, event) {  // where a click lies, in pixels of the photo
    const box = frame.querySelector("img").getBoundingClientRect(), photo = facts(frame);
    const scale = Math.min(box.width / photo.width, box.height / photo.height);
    const x = (event.clientX - box.left - (box.width - photo.width * scale) / 2) / scale;
    const y = (event.clientY - box.top - (box.height - photo.height * scale) / 2) / scale;
    return x >= 0 && y >= 0 && x <= photo.width && y <= photo.height ? [x, y] : null;
  }

  function mark(frame, event) {
    const point = toPhoto(frame, event), name = nameOf(frame), photo = facts(frame);
    if (!point) return;
    const before = ends.get(name);
    const points = before && before.number === photo.number && before.points.length === 1 ? before.points : [];
    ends.clear();  // one measurement at a time
    ends.set(name, { number: photo.number, points: [...points, point] });
    draw();
  }

  function length([one, other], photo) {
    const px = Math.hypot(one[0] - other[0], one[1] - other[1]);
    const told = { px: Math.round(px).toLocaleString("en"), disc: photo.disc && (px / photo.disc).toFixed(2) };
    const sentence = photo.disc ? said().both : said().px_only;
    return sentence.replace("{px}", told.px).replace("{disc}", told.disc);
  }

  // ---- drawing over the photo ----

  function shape(parent, tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text) made.textContent = text;
    parent.append(made);
  }

  function layer(frame, kind, photo) {  // an empty drawing that covers the photo
    let svg = frame.querySelector(`svg.${kind}`);
    if (!svg) {
      svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("class", kind);
      svg.setAttribute("aria-hidden", "true");
      frame.append(svg);
    }
    svg.setAttribute("viewBox", `0 0 ${photo.width} ${photo.height}`);
    svg.replaceChildren();
    return svg;
  }

  function line(svg, [x1, y1], [x2, y2]) {
    for (const look of ["under", "over"]) shape(svg, "line", { x1, y1, x2, y2, class: look });
  }

  function drawMarks(frame, photo, points) {
    const svg = layer(frame, "marks", photo), reach = photo.width / 60 / zoomOf(frame);
    points.forEach(([x, y]) => {
      line(svg, [x - reach, y], [x + reach, y]);
      line(svg, [x, y - reach], [x, y + reach]);
    });
    if (points.length === 2) line(svg, ...points);
  }

  function drawBar(frame, photo) {  // of one disc diameter, or of a part of it where that is too long
    const svg = layer(frame, "bar", photo);
    if (!bar || !photo.disc) return;
    const box = frame.getBoundingClientRect();  // `unit`: a pixel of the screen in those of the photo
    const unit = Math.max(photo.width / box.width, photo.height / box.height);
    const part = [1, 0.5, 0.2, 0.1].find((p) => p * photo.disc * zoomOf(frame) < 0.6 * photo.width) || 0.05;
    const long = part * photo.disc * zoomOf(frame), x = 14 * unit, y = photo.height - 16 * unit;
    line(svg, [x, y], [x + long, y]);
    for (const end of [x, x + long]) line(svg, [end, y - 6 * unit], [end, y + 6 * unit]);
    const size = 15 * unit;
    shape(svg, "text", { x: x + long / 2, y: y - size / 2, "font-size": size, "text-anchor": "middle" }, `${part} DD`);
  }

  function draw() {
    const box = tools();
    if (!box) return;
    const told = [];
    let without = false;
    for (const frame of document.querySelectorAll(FRAMES)) {
      const photo = facts(frame), name = nameOf(frame);
      if (!photo) continue;
      if (ends.has(name) && ends.get(name).number !== photo.number) ends.delete(name);
      const points = ends.get(name)?.points || [];
      drawMarks(frame, photo, points);
      drawBar(frame, photo);
      frame.classList.toggle("measuring", measuring);
      if (points.length === 2) told.push(length(points, photo));
      else if (points.length === 1) told.push(said().second);
      without ||= !photo.disc;
    }
    if (!told.length && measuring) told.push(said().first);
    if (without && (bar || measuring)) told.push(said().no_disc);
    const pressed = { measure: measuring, bar, enlarge: Boolean(document.querySelector(`${FRAMES}.zoomed`)) };
    for (const button of box.querySelectorAll("button")) {
      const tool = button.dataset.tool;
      if (tool === "clear") button.hidden = !ends.size;
      else if (button.getAttribute("aria-pressed") !== String(pressed[tool])) button.setAttribute("aria-pressed", pressed[tool]);
    }
    const output = box.querySelector("output"), text = told.join(" ");
    if (output.textContent !== text) output.textContent = text;
  }

  // ---- events ----

  function use(tool) {
    const frames = [...document.querySelectorAll(FRAMES)];
    if (tool === "measure") measuring = !measuring;
    if (tool === "bar") bar = !bar;
    if (tool === "clear") ends.clear();
    if (tool === "enlarge") {
      const large = frames.some(isLarge);
      frames.forEach((frame) => { if (large) reduce(frame); else { aim(frame, 50, 50); enlarge(frame, FIRST); } });
    }
    draw();
  }

  document.addEventListener("click", (event) => {
    const tool = event.target.closest?.("#tools button")?.dataset.tool;
    if (tool) return use(tool);
    if (event.target.closest?.("#views button[aria-label=Fullscreen]")) {
      const frame = event.target.closest(".view").querySelector(".image-frame");
      if (frame) sharpen(frame);
      return;
    }
    const frame = event.target.closest?.("#views .image-container > button")?.querySelector(".image-frame");
    if (!frame) return;
    const byKeyboard = event.detail === 0;
    if (measuring && !byKeyboard) return mark(frame, event);
    if (isLarge(frame)) return reduce(frame);
    if (byKeyboard) aim(frame, 50, 50); else aimAt(frame, event);
    enlarge(frame, FIRST);
  });

  document.addEventListener("pointermove", (event) => {
    const frame = event.target.closest?.(`${FRAMES}.zoomed`);
    if (!frame) return;
    if (event.pointerType === "mouse") return aimAt(frame, event);
    const box = frame.getBoundingClientRect(), [x, y] = aimed(frame), hidden = zoomOf(frame) - 1;
    aim(frame, x - (100 * event.movementX) / box.width / hidden, y - (100 * event.movementY) / box.height / hidden);
  });

  document.addEventListener("wheel", (event) => {
    const frame = event.target.closest?.(`${FRAMES}.zoomed`);
    if (!frame) return;
    event.preventDefault();
    enlarge(frame, zoomOf(frame) * (event.deltaY < 0 ? STEP : 1 / STEP));
  }, { passive: false });

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", (event) => {
    const frame = event.target.closest?.("#views .image-container > button")?.querySelector(".image-frame.zoomed");
    if (!frame) return;
    const move = MOVES[event.key], [x, y] = aimed(frame), step = 20 / zoomOf(frame);
    if (move) aim(frame, x + step * move[0], y + step * move[1]);
    else if (event.key === "+" || event.key === "=") enlarge(frame, zoomOf(frame) * STEP);
    else if (event.key === "-") enlarge(frame, zoomOf(frame) / STEP);
    else if (event.key === "Escape") reduce(frame);
    else return;
    event.preventDefault();
  });

  document.addEventListener("load", (event) => {  // another picture came: drawn over anew, and sharp
    const frame = event.target.closest?.(FRAMES);
    if (!frame) return;
    if (isLarge(frame) || document.fullscreenElement) sharpen(frame);
    draw();
  }, true);
  window.addEventListener("resize", draw);
  // buttons and words are made anew with each photo and language
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.querySelector?.("#tools") || node.id === "tools"))) draw();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
