// Ask for the font of formulas before all else. Asked for by the style sheet, it
// would come after the page is laid out: all formulas would be laid out twice, in
// other fonts first, which is slow.
{
  const { content_root } = document.documentElement.dataset;
  const source = `url(${content_root}_static/math.woff)`;
  const face = new FontFace("Minimize Math", source, { display: "swap" });
  document.fonts.add(face);
  face.load();
}
