// What the pictures of all explorers need: figures that matplotlib drew, the
// points that Python packed, and a voice.

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A drawing with a description; `part` finds one of its paths by name.
export function figure(svg, description) {
  // Several figures share a page, so each gets names of its own.
  const prefix = `figure${globalThis.bookFigures =
    (globalThis.bookFigures ?? 0) + 1}-`;
  const drawing = document.createElement("template");
  drawing.innerHTML = namespaced(svg, prefix); // twice as fast as a DOMParser
  const node = drawing.content.firstElementChild;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", description);
  return { node, part: (name) => node.querySelector(`#${prefix}${name} path`) };
}

export function namespaced(svg, prefix) {
  return svg.replace(/( id="|url\(#|href="#)/g, `$1${prefix}`);
}

// Decode what `packed` of encoding.py encodes: each number as the difference to
// the one before, five bits a character, the last bit of a number for its sign.
export function unpacked(text) {
  const positions = [];
  let [position, number, bits] = [0, 0, 0];
  for (let k = 0; k < text.length; k++) {
    const five = text.charCodeAt(k) - 63;
    number |= (five & 31) << bits;
    bits += 5;
    if (five > 31) continue; // the number goes on
    position += number & 1 ? ~(number >> 1) : number >> 1;
    positions.push(position);
    number = bits = 0;
  }
  return positions;
}

// A text for screen readers alone, which speaks where a drag comes to rest.
export function voice(className) {
  const node = make("p", { class: className, "aria-live": "polite" });
  let waiting;
  return {
    node,
    say(text) {
      clearTimeout(waiting);
      waiting = setTimeout(() => (node.textContent = text), 500);
    },
    stop: () => clearTimeout(waiting),
  };
}
