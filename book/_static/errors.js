// The box for an error message: it looks through the list of entries on the
// same page. What is pasted is taken apart into words and never shown again.
"use strict";
(() => {
  const FOUND = 0.6; // of the weight of an entry's words
  const CODE = 3; // a word of code weighs as much as so many others
  const LINES = 8; // that one message may go over
  const GUESSES = 3;
  const PAUSE = 200; // milliseconds without a key

  const WORD = /[a-z_][a-z0-9_]*/g;
  const QUOTED = /[`'"][\w.]+[`'"]/g;
  const OBJECT = /<[a-z_][^<>]{0,5000}>/gi; // shown at length: <tf.Variable ...>
  // How a line begins that is an error, a warning, or a line of a log.
  const HEAD =
    /(?:^|[\s.])(?:(\w*(?:Error|Exception|Warning)): +\S|(WARNING):\w+:)/;
  // A line of a traceback that says where it was, and not what.
  const PLACE = /^(\s|File |-+> ?\d|Traceback )/;

  // The words of a message that are the same in every program.
  function words(text) {
    const own = text.replace(OBJECT, " ")
      .replace(/['"][\w.]+['"] object/g, " object")
      .replace(/[\w./\\~-]+:\d+/g, " ") // dense/kernel:0, train.py:12
      .replace(/\b0x[0-9a-f]+/gi, " ");
    return new Set(own.toLowerCase().match(WORD));
  }

  // Errors go by their name. A warning may come by a log as well.
  function family(kind) {
    return /warn|log/i.test(kind) ? "warning" : kind;
  }

  // The messages in a text, [{kind, words}, ...]. Where some lines say of what
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
        words: words(lines.slice(first, end).join("\n")),
      };
    });
  }

  // Entries, [{kind, messages: [text, ...]}, ...], with what their words weigh:
  // more in few entries than in many, and more still in code.
  function weighed(entries) {
    const said = entries.map((entry) => entry.messages.map(words));
    const count = (word) =>
      said.filter((sets) => sets.some((set) => set.has(word))).length;
    return entries.map((entry, i) => ({
      ...entry,
      kind: family(entry.kind),
      wordings: entry.messages.map((message, k) => {
        const code = words((message.match(QUOTED) ?? []).join(" "));
        return [...said[i][k]].map((word) => {
          const rare = Math.log(1 + entries.length / count(word));
          const isCode = code.has(word) || word.includes("_");
          return [word, rare * (isCode ? CODE : 1)];
        });
      }),
    }));
  }

  // How much of an entry's weight is in a message, 0 to 1; half of it where
  // the message is an error of another kind.
  function likeness(entry, message) {
    const sum = (pairs) =>
      pairs.reduce((total, [, weight]) => total + weight, 0);
    const shares = entry.wordings.map((pairs) =>
      sum(pairs.filter(([word]) => message.words.has(word))) / sum(pairs)
    );
    const other = message.kind && message.kind !== entry.kind;
    return Math.max(...shares) / (other ? 2 : 1);
  }

  // {found: entries that a text is about, nearest: entries to guess at}. Each
  // message is about one entry at most; the last message counts as much as the
  // best, for it is what ended the program.
  function search(entries, text) {
    const found = new Map(), near = new Map();
    for (const message of messages(text)) {
      let best = null, most = 0;
      for (const entry of entries) {
        const value = likeness(entry, message);
        near.set(entry, Math.max(value, near.get(entry) ?? 0));
        if (value > most) [best, most] = [entry, value];
      }
      if (most < FOUND) continue;
      const before = found.get(best) ?? 0;
      found.delete(best); // so that it comes last
      found.set(best, Math.max(most, before));
    }
    const ranked = (map) => [...map].sort(([, a], [, b]) => b - a);
    return {
      found: ranked([...found].reverse()).map(([entry]) => entry),
      nearest: ranked(near).filter(([, value]) => value > 0)
        .slice(0, GUESSES).map(([entry]) => entry),
    };
  }

  globalThis.errorFinder = { messages, search, weighed, words };

  // -------------------------------------------------------------- the page

  function make(tag, name, ...children) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...children);
    return node;
  }

  function linkTo(entry) {
    const link = make("a", "", `${entry.kind}: ${entry.messages[0]}`);
    link.href = `#${entry.node.id}`;
    return make("li", "", link);
  }

  function answer(entries, text) {
    if (!text.trim()) return [];
    const { found: [first, ...others], nearest } = search(entries, text);
    if (first) {
      const parts = [...first.node.children].map((part) =>
        part.cloneNode(true)
      );
      const also = others.length
        ? [
          make("p", "", "Also in your text:"),
          make("ul", "", ...others.map(linkTo)),
        ]
        : [];
      return [
        make("p", "error-verdict", "This is in the list."),
        ...parts,
        ...also,
      ];
    }
    const none = make("p", "error-verdict", "This message has no entry here.");
    if (!nearest.length) return [none];
    none.append(" The nearest are guesses, and may be about something else:");
    return [none, make("ul", "", ...nearest.map(linkTo))];
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
    update(); // a browser may have kept what was pasted
  }

  if (globalThis.document) start();
})();
