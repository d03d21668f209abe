// Elements, and a pad to sign on.

export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter(present));
  return made;
}

const present = (child) => child !== null && child !== undefined && child !== false;

export const fill = (element, ...children) => element.replaceChildren(...children.filter(present));

// A random UUID, also where the browser has no word for it yet.
export function unique() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}

export function icon(name, sheet) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

const WIDE = 600;
const HIGH = 200;

// Lines of points in a field of 600 × 200, whatever the size on the screen.
export function pad(label) {
  const canvas = h("canvas", { class: "pad", width: WIDE, height: HIGH, role: "img", "aria-label": label });
  const pen = canvas.getContext("2d");
  const strokes = [];
  let stroke = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const fit = (part, most) => Math.max(0, Math.min(most, Math.round(part * most)));
    return [
      fit((event.clientX - box.left) / box.width, WIDE),
      fit((event.clientY - box.top) / box.height, HIGH),
    ];
  };
  const draw = () => {
    pen.clearRect(0, 0, WIDE, HIGH);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const points of strokes) {
      pen.beginPath();
      points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [at(event)];
    strokes.push(stroke);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke || stroke.length >= 2000) return;
    stroke.push(at(event));
    draw();
  });
  const end = () => (stroke = null);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  const clear = () => {
    strokes.length = 0;
    draw();
  };
  return { canvas, strokes, clear };
}

// A photograph made small enough for a slow network; what else the camera wrote into it stays behind.
export async function smaller(file, most = 1600) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, most / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));
}
