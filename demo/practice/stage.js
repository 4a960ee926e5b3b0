// The surface over a photo on which marks are set: by a click, a stroke where the brush is broad, or
// by keys, which move a cross. A mark is drawn at once and sent; the server then says what is there.
const STEP = 0.01;  // of the photo, for an arrow key; five of these with Shift
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value) => Math.min(1, Math.max(0, value));
let cross = [0.5, 0.5];
let stroke = null;

const surface = () => element.querySelector("svg.marks.on");

function place(event, svg) {
  const box = svg.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
}

function drawing(points) {
  const { w, h, radius } = props.value;
  const broad = 2 * (radius || 0.006) * Math.max(w, h);
  const path = [...points, points.at(-1)].map(([x, y]) => `${x * w},${y * h}`).join(" ");
  return `<polyline class="sent" points="${path}" stroke-width="${broad}"/>`;
}

function send(points) {
  props.value = { ...props.value, svg: props.value.svg + drawing(points), points };
  trigger("input");
}

function move(by) {
  cross = [clamp(cross[0] + by[0]), clamp(cross[1] + by[1])];
  element.style.setProperty("--x", `${100 * cross[0]}%`);
  element.style.setProperty("--y", `${100 * cross[1]}%`);
  element.querySelector(".cross").scrollIntoView({ block: "nearest", inline: "nearest" });
}

element.addEventListener("click", (event) => {
  const svg = surface();
  if (svg && svg.contains(event.target) && !props.value.radius) send([place(event, svg)]);
});

element.addEventListener("pointerdown", (event) => {
  const svg = surface();
  if (!svg || !svg.contains(event.target) || !props.value.radius || event.button) return;
  stroke = [place(event, svg)];
  element.setPointerCapture(event.pointerId);
  event.preventDefault();
  svg.focus({ preventScroll: true });
});

element.addEventListener("pointermove", (event) => {
  const svg = surface();
  if (!stroke || !svg) return;
  const [x, y] = place(event, svg);
  const [a, b] = stroke.at(-1);
  const { w, h, radius } = props.value;
  if (Math.hypot((x - a) * w, (y - b) * h) < (radius / 2) * Math.max(w, h)) return;
  stroke.push([x, y]);
  svg.querySelector("polyline.sent")?.remove();
  svg.insertAdjacentHTML("beforeend", drawing(stroke));
});

for (const end of ["pointerup", "pointercancel"]) {
  element.addEventListener(end, () => {
    if (!stroke) return;
    const points = stroke;
    stroke = null;
    if (end === "pointerup") send(points);
  });
}

element.addEventListener("keydown", (event) => {
  if (!surface()) return;
  const way = KEYS[event.key];
  if (way) {
    const step = event.shiftKey ? 5 * STEP : STEP;
    move([way[0] * step, way[1] * step]);
  } else if (event.key === "Enter" || event.key === " ") {
    send([cross]);
  } else if (event.key === "Backspace" || event.key === "Delete") {
    trigger("undo");
  } else {
    return;
  }
  event.preventDefault();
});
