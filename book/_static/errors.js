// The box for an error message: it looks through the list of entries on the
// same page. What is pasted is taken apart into words and never shown again.
"use strict";
(() => {
  const FOUND = 0.6; // of the weight of an entry's words
  const CODE = 3; // words with code weigh as much as so many others
  const FADE = 0.9; // a word weighs so much of the one before it
  const LINES = 8; // that one message may go over
  const GUESSES = 3;
  const KIND = 0.2; // what a guess gains by being an error of the same kind
  const SHOWN = 90; // letters of a message in a link
  const PAUSE = 200; // milliseconds without a key

  const WORD = /[a-z_][a-z0-9_]*/g;
  const QUOTED = /[`'"][\w.]+[`'"]/g;
  const OBJECT = /<[a-z_][^<>]{0,5000}>/gi; // shown at length: <tf.Variable ...>
  // How a line begins that is an error, a warning, or a line of a log.
  const HEAD =
    /(?:^|[\s.])(?:(\w*(?:Error|Exception|Warning)): +\S|(WARNING):\w+:)/;
  // A line of a traceback that says where it was, and not what.
  const PLACE = /^(\s|File |-+> ?\d|Traceback )/;

  // The words of a message that are the same in every program, in order.
  function words(text) {
    const own = text.replace(OBJECT, " ")
      // None has no attribute of anybody's: which one was asked for tells nothing.
      .replace(
        /(['"])NoneType\1 object has no attribute ['"][a-z]\w*['"]/g,
        " nonetype",
      )
      .replace(/['"][\w.]+['"] object/g, " object")
      .replace(/[\w./\\~-]+:\d+/g, " ") // dense/kernel:0, train.py:12
      .replace(/\b\d[\w.]*([-+]\d+)?/g, " "); // 36.0, 1e-7, 0x7f1b
    return own.toLowerCase().match(WORD) ?? [];
  }

  // Messages are compared by words that follow one another, which tells them
  // from prose about the same things.
  function pairs(text) {
    const all = words(text);
    return all.slice(1).map((word, k) => `${all[k]} ${word}`);
  }

  // Errors go by their name. A warning may come by a log as well.
  function family(kind) {
    return /warn|log/i.test(kind) ? "warning" : kind;
  }

  // The messages in a text, [{kind, text}, ...]. Where some lines say of what
  // kind they are, messages begin there only; else any line may be one.
  function messages(text) {
    // deno-lint-ignore no-control-regex -- a terminal's colours
    const plain = text.replace(/\x1b\[[\d;]*m/g, "").replace(OBJECT, " ");
    const lines = plain.split(/\r?\n/).filter((line) => line.trim());
    const heads = lines.map((l) => PLACE.test(l) ? null : HEAD.exec(l));
    const begins = heads.some(Boolean) ? heads : lines;
    return lines.flatMap((_, first) => {
      if (!begins[first]) return [];
      let end = first + 1;
      while (end < first + LINES && end < lines.length && !heads[end]) end++;
      const name = heads[first]?.[1] ?? heads[first]?.[2];
      return {
        kind: name && family(name),
        text: lines.slice(first, end).join("\n"),
      };
    });
  }

  // Entries, [{kind, messages: [text, ...]}, ...], with what the pairs of words
  // weigh in each: more in few entries than in many, and more still in code.
  function weighed(entries) {
    const said = entries.map((entry) => entry.messages.map(pairs));
    const count = (pair) =>
      said.filter((lists) => lists.some((list) => list.includes(pair))).length;
    return entries.map((entry, i) => ({
      ...entry,
      kind: family(entry.kind),
      words: new Set(words([entry.kind, ...entry.messages].join(" "))),
      wordings: entry.messages.map((message, k) => {
        const code = new Set(words((message.match(QUOTED) ?? []).join(" ")));
        const isCode = (word) => code.has(word) || word.includes("_");
        return said[i][k].map((pair, place) => {
          const rare = Math.log(1 + entries.length / count(pair));
          const factor = pair.split(" ").some(isCode) ? CODE : 1;
          return [pair, rare * factor * FADE ** place];
        });
      }),
    }));
  }

  // How much of an entry's weight is in a message, 0 to 1; half of it where
  // the message is an error of another kind.
  function likeness(entry, kind, found) {
    const sum = (list) => list.reduce((total, [, weight]) => total + weight, 0);
    const shares = entry.wordings.map((list) =>
      sum(list.filter(([pair]) => found.has(pair))) / sum(list)
    );
    return Math.max(...shares) / (kind && kind !== entry.kind ? 2 : 1);
  }

  // {found: the entries that a text is about, nearest: those to guess at}. A
  // message is about one entry at most. The best come first; of equals the last
  // in the text, for that is what ended the program.
  function search(entries, text) {
    const found = new Map(), near = new Map();
    for (const message of messages(text)) {
      const own = new Set(pairs(message.text));
      const single = [...new Set(words(message.text))];
      let best = null, most = 0;
      for (const entry of entries) {
        const value = likeness(entry, message.kind, own);
        const common = single.filter((word) => entry.words.has(word)).length;
        const guess = value + common / (single.length + entry.words.size) +
          (message.kind === entry.kind ? KIND : 0);
        near.set(entry, Math.max(guess, near.get(entry) ?? 0));
        if (value > most) [best, most] = [entry, value];
      }
      if (most < FOUND) continue;
      const before = found.get(best) ?? 0;
      found.delete(best); // so that it comes last
      found.set(best, Math.max(most, before));
    }
    const ranked = (list) => list.sort(([, a], [, b]) => b - a);
    return {
      found: ranked([...found].reverse()).map(([entry]) => entry),
      nearest: ranked([...near]).filter(([, value]) => value > 0)
        .slice(0, GUESSES).map(([entry]) => entry),
    };
  }

  globalThis.errorFinder = { messages, pairs, search, weighed };

  // -------------------------------------------------------------- the page

  function make(tag, name, ...children) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...children);
    return node;
  }

  function linkTo(entry) {
    const [message] = entry.messages;
    const cut = message.length > SHOWN
      ? `${message.slice(0, SHOWN).replace(/\s+\S*$/, "")} …`
      : message;
    const link = make("a", "error-link", `${entry.kind}: ${cut}`);
    link.href = `#${entry.node.id}`;
    return link;
  }

  function linksTo(entries) {
    return make("ul", "", ...entries.map((e) => make("li", "", linkTo(e))));
  }

  function answer(entries, text) {
    if (!text.trim()) return [];
    const { found: [first, ...others], nearest } = search(entries, text);
    if (first) {
      const about = first.node.querySelectorAll("p:not(.error-message)");
      return [
        make("p", "", "It looks like ", linkTo(first)),
        ...[...about].map((part) => part.cloneNode(true)),
        ...(others.length
          ? [make("p", "", "Also in your text:"), linksTo(others)]
          : []),
      ];
    }
    const none = make("p", "", "This message has no entry here.");
    if (!nearest.length) return [none];
    none.append(" The nearest are guesses, and may be about something else:");
    return [none, linksTo(nearest)];
  }

  function start() {
    const form = document.querySelector(".error-finder");
    const [box, place] = [
      form.querySelector("textarea"),
      form.lastElementChild,
    ];
    const texts = (node, name) =>
      [...node.querySelectorAll(name)].map((part) => part.textContent);
    const entries = weighed(
      [...document.querySelectorAll(".error-entry")].map((node) => ({
        node,
        kind: texts(node, ".error-kind")[0],
        messages: texts(node, ".error-message > code"),
      })),
    );
    let shown = "", waiting = 0;
    const update = () => {
      const parts = answer(entries, box.value);
      const said = parts.map((part) => part.textContent).join("\n");
      if (said !== shown) place.replaceChildren(...parts); // spoken once
      shown = said;
    };
    box.addEventListener("input", (event) => {
      clearTimeout(waiting);
      const pasted = /paste|drop/i.test(event.inputType);
      waiting = setTimeout(update, pasted ? 0 : PAUSE);
    });
    form.addEventListener("reset", () => {
      setTimeout(update);
      box.focus();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    // The box may be filled by now; and a browser keeps what was pasted.
    update();
    addEventListener("pageshow", update);
  }

  if (globalThis.document) start();
})();
