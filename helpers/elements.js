// Elements for a widget to draw with. Texts are only ever set as text.

export function button(parent, className, text) {
  const drawing = draw(parent, "button", className, text);
  drawing.type = "button";
  return drawing;
}

export function draw(parent, tag, className, text) {
  const drawing = make(tag, className, text);
  parent.append(drawing);
  return drawing;
}

export function make(tag, className, text) {
  const drawing = document.createElement(tag);
  if (className) drawing.className = className;
  if (text) drawing.textContent = text;
  return drawing;
}
