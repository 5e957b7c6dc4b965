"use strict";
// Zooms the timelines: a drawing is in percent, so all it takes is a wider inner <svg> that begins further left.
for (const figure of document.querySelectorAll(".timeline")) {
  const view = figure.querySelector(".window");
  const inner = figure.querySelector(".zoomed");
  const ticks = figure.querySelector(".ticks");
  const began = Number(figure.dataset.began), ended = Number(figure.dataset.ended), whole = ended - began;
  let from = began, to = ended;

  function show(start, span) {
    span = Math.min(whole, Math.max(span, Math.min(whole, 0.02)));
    from = Math.min(Math.max(start, began), ended - span);
    to = from + span;
    inner.setAttribute("width", 100 * whole / span + "%");
    inner.setAttribute("x", -100 * (from - began) / span + "%");
    view.classList.toggle("zoomable", span < whole);
    drawTicks();
    keepNames();
  }
  // The name of a step that began left of the window moves along with the window's edge.
  function keepNames() {
    for (const step of inner.querySelectorAll(".step")) {
      const share = parseFloat(step.getAttribute("x")) / 100 - (from - began) / whole;
      const hidden = -share * view.clientWidth * whole / (to - from);
      step.querySelector("text").setAttribute("x", Math.max(0, hidden) + 5);
    }
  }
  function zoom(factor, at = (from + to) / 2) {
    const span = Math.min(whole, (to - from) * factor);
    show(at - (at - from) * span / (to - from), span);
  }
  const move = (share) => show(from + share * (to - from), to - from);

  function drawTicks() {
    const most = Math.max(2, Math.floor(view.clientWidth / 75));
    const rough = (to - from) / most, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const drawn = [];
    for (let n = Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-6; n++) {
      const x = 100 * (n * step - began) / whole + "%";
      drawn.push(part("line", {x1: x, x2: x, y1: 18, y2: "100%"}), part("text", {x, y: 12, "text-anchor": "middle"}));
      drawn.at(-1).textContent = (n * step).toFixed(digits) + " s";
    }
    ticks.replaceChildren(...drawn);
    ticks.classList.add("fitted");
  }
  function part(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function timeAt(x) {
    const box = inner.parentNode.getBoundingClientRect();
    return from + (to - from) * (x - box.left) / box.width;
  }
  const focus = () => show(Number(figure.dataset.focus) - whole * 0.08, whole * 0.12);
  const actions = {
    in: () => zoom(0.5), out: () => zoom(2), left: () => move(-0.4), right: () => move(0.4),
    all: () => show(began, whole), focus,
  };
  figure.querySelector(".tools").hidden = false;
  figure.querySelector(".tools").addEventListener("click", (event) => {
    const name = event.target.dataset.do;
    if (name) actions[name]();
  });
  const keys = {"+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", 0: "all", f: "focus"};
  view.addEventListener("keydown", (event) => {
    const name = keys[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey || (name === "focus" && !figure.dataset.focus)) return;
    event.preventDefault();
    actions[name]();
  });

  // The wheel scrolls the page, as everywhere, until somebody has chosen the timeline or holds Ctrl.
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== view) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) move(Math.sign(event.deltaX) * 0.05);
    else zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.clientX));
  }, {passive: false});
  view.addEventListener("dblclick", (event) => zoom(0.4, timeAt(event.clientX)));

  // One finger or the mouse drags, two fingers pinch.
  const held = new Map();
  const spread = () => Math.abs([...held.values()][0] - [...held.values()].at(-1));
  view.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, event.clientX);
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId)) return;
    const before = held.get(event.pointerId), width = spread();
    held.set(event.pointerId, event.clientX);
    if (held.size === 1) {
      view.classList.add("dragged");
      move((before - event.clientX) / view.clientWidth);
    } else if (width > 8 && spread() > 8) {
      zoom(width / spread(), timeAt(([...held.values()][0] + [...held.values()].at(-1)) / 2));
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    view.addEventListener(name, (event) => {
      held.delete(event.pointerId);
      view.classList.remove("dragged");
    });
  }
  new ResizeObserver(drawTicks).observe(view);
}
// Paper has everything but the tables that say what a drawing on the same sheet says.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not(.again)")) details.open = true;
});
