// The box for an error message: it looks through the entries on the same page, and
// those of older versions, which are on another.
// What is pasted is taken apart into words and never shown again. It searches
// by the rules that helpers/search.py tells and follows too; their patterns and
// numbers come with the older messages. One list of cases holds the two to each
// other.
"use strict";
(() => {
  const SYMPTOM = "symptom";
  const SHOWN = 90; // letters of a message in a link
  const PAUSE = 200; // milliseconds without a key

  const replaced = (text, pairs) =>
    pairs.reduce((t, [pattern, by]) => t.replace(pattern, by), text);
  const pairsOf = (words) =>
    words.slice(1).map((word, k) => `${words[k]} ${word}`);
  const shortened = (word) =>
    [...word].map((_, k) => word.slice(0, k) + word.slice(k + 1));
  // The keys of a map, that with the highest value first.
  const ranked = (map) =>
    [...map].sort(([, a], [, b]) => b - a).map(([key]) => key);
  const raise = (map, key, value) =>
    map.set(key, Math.max(value, map.get(key) ?? 0));

  // The patterns of the rules; each replaces all that it finds.
  function compiled(rules) {
    const all = (list) => list.map(([p, by]) => [new RegExp(p, "g"), by]);
    return {
      ...rules,
      noise: all(rules.noise),
      replace: all(rules.replace),
      negation: all([rules.negation]),
      head: new RegExp(rules.head),
      place: new RegExp(rules.place),
      warning: new RegExp(rules.warning),
      sentence: new RegExp(rules.sentence),
      word: new RegExp(rules.word, "g"),
      quoted: new RegExp(rules.quoted, "g"),
      ending: new RegExp(rules.ending),
      stop_words: new Set(rules.stop_words.split(" ")),
    };
  }

  // What tells messages apart: the pairs of words in them (of a symptom the
  // words), from [[entry, Map of pair to weight], ...].
  class Index {
    constructor(said, typo) {
      const entries = new Map();
      for (const [entry, pairs] of said) {
        for (const pair of pairs.keys()) {
          if (!entries.has(pair)) entries.set(pair, new Set());
          entries.get(pair).add(entry);
        }
      }
      const count = new Set(said.map(([entry]) => entry)).size;
      this.rarest = Math.log(1 + count);
      this.words = new Map(); // {word: {next word: pair}}
      for (const [pair, { size }] of entries) {
        const [first, second = ""] = pair.split(" ");
        for (const word of [first, second]) {
          if (!this.words.has(word)) this.words.set(word, new Map());
        }
        const found = { rare: Math.log(1 + count / size), places: [] };
        this.words.get(first).set(second, found);
      }
      this.wordings = said.map(([entry, pairs], number) => {
        let total = 0;
        for (const [pair, weight] of pairs) {
          const { rare, places } = this.pair(...pair.split(" "));
          places.push([number, weight * rare]);
          total += weight * rare;
        }
        return [entry, total];
      });
      [this.least, this.longest] = typo;
      this.shortened = new Map();
      for (const word of [...this.words.keys()].sort()) {
        if (word.length < this.least) continue;
        for (const short of shortened(word)) {
          if (!this.shortened.has(short)) this.shortened.set(short, word);
        }
      }
    }

    // {rare, places} of two words in a row, undefined where no entry has them.
    pair(first, second = "") {
      return this.words.get(first)?.get(second);
    }

    // Returns a function that reads a word as words of the index; it looks for
    // typos in the first `most` unknown words only, as a long text has many.
    reader(most) {
      const seen = new Map();
      return (word) => {
        if (this.words.has(word)) return [word];
        if (!seen.has(word)) {
          seen.set(word, seen.size < most ? this.corrected(word) : [word]);
        }
        return seen.get(word);
      };
    }

    // The words that an unknown word stands for, or itself.
    corrected(word) {
      if (word.length < this.least || word.length > this.longest) return [word];
      for (let cut = 2; cut < word.length - 1; cut++) {
        const two = [word.slice(0, cut), word.slice(cut)];
        if (two.every((part) => this.words.has(part))) return two;
      }
      if (this.shortened.has(word)) return [this.shortened.get(word)];
      for (const short of shortened(word)) {
        if (short.length >= this.least && this.words.has(short)) return [short];
        if (this.shortened.has(short)) return [this.shortened.get(short)];
      }
      return [word];
    }

    // The only word that begins with a word, which may be cut, or itself.
    completed(word) {
      const begun = [...this.words.keys()].filter((w) => w.startsWith(word));
      return begun.length === 1 ? begun[0] : word;
    }

    // What each wording has of some pairs, Map of its number to their weight in
    // it, how rare they are in sum, and how many they are.
    common(pairs) {
      const found = new Map();
      for (const { rare, places } of pairs) {
        for (const [number, own] of places) {
          const sums = found.get(number);
          if (sums) {
            sums[0] += own;
            sums[1] += rare;
            sums[2]++;
          } else found.set(number, [own, rare, 1]);
        }
      }
      return found;
    }
  }

  // A search of entries, [{kind, texts}, ...]: those of a message, or a symptom
  // and other words for it.
  class Search {
    constructor(rules, entries) {
      this.rules = compiled(rules);
      this.kinds = entries.map((entry) => this.family(entry.kind));
      const texts = (isSymptom, features) =>
        entries.flatMap((entry, k) =>
          (entry.kind === SYMPTOM) === isSymptom
            ? entry.texts.map((text) => [k, features(text)])
            : []
        );
      this.messages = new Index(
        texts(false, (text) => this.weighed(text)),
        rules.typo,
      );
      // The pairs of each wording that have a name in quotes: one must be there.
      this.named = texts(false, (text) => this.namesIn(text))
        .map(([, names]) =>
          names.map((p) => this.messages.pair(...p.split(" ")))
        );
      const even = (text) => new Map(this.plain(text).map((w) => [w, 1]));
      this.symptoms = new Index(texts(true, even), rules.typo);
    }

    // {found: the entries that a text is about, nearest: those to guess at}, by
    // number, the best first.
    search(text) {
      const { found, nearest } = this.inMessages(text);
      return {
        found: found.length ? found : this.inPlainWords(text),
        nearest,
      };
    }

    // Messages begin where a line says of what kind they are; where no line does,
    // or nothing is found there, they begin anywhere.
    inMessages(text) {
      const lines = this.read(text);
      const byKind = lines.some(({ kind }) => kind);
      const { found, nearest } = this.inLines(lines, !byKind);
      return found.length || !byKind
        ? { found, nearest }
        : { found: this.inLines(lines, true).found, nearest };
    }

    // A message is about one entry at most. What is there again, as in a log, is
    // looked at once.
    inLines(lines, anywhere) {
      const found = new Map(), near = new Map(), seen = new Map();
      for (const { kind, lines: own } of this.split(lines, anywhere)) {
        const key = `${kind} ${own.map(({ id }) => id)}`;
        if (!seen.has(key)) seen.set(key, this.best(kind, own, near));
        const [best, rank] = seen.get(key);
        if (best === null) continue;
        const before = found.get(best) ?? 0;
        found.delete(best); // so that it comes last
        found.set(best, Math.max(rank, before));
      }
      // Of equals, as errors with a name are, the last in the text comes first:
      // it ended the program.
      return {
        found: ranked([...found].reverse()),
        nearest: ranked(near).slice(0, this.rules.guesses),
      };
    }

    // [entry, rank] of the entry that a message is about, null for none; what is
    // near goes into a map.
    best(kind, lines, near) {
      const { rules } = this;
      let best = null, most = 0, rank = 0;
      for (const [entry, likeness, value] of this.likeness(kind, lines)) {
        raise(near, entry, likeness);
        if (likeness >= rules.found && value > most) {
          [best, most, rank] = [entry, value, kind ? 1 : likeness];
        }
      }
      if (kind) {
        this.kinds.forEach((other, entry) => {
          if (kind === other) raise(near, entry, rules.guess_kind);
        });
      }
      return [best, rank];
    }

    // [[entry, likeness, value], ...] for a message: the share of the entry's
    // weight that the message has; or, as the message may be cut, the share of it
    // that the entry has. Less where the kinds of error differ. Of several the best
    // has the greatest value: much in common, and little besides.
    likeness(kind, lines) {
      const { rules, messages: index } = this;
      // The first word has no other before it in this message.
      const [, ...pairs] = lines.flatMap((line) => line.pairs);
      const first = Math.max(lines[0].pairs.length - 1, 0);
      const own = new Set(pairs.filter(Boolean));
      const common = index.common(own);
      if (!common.size) return [];
      const cut = this.shares(kind, pairs, common);
      if (first < pairs.length) {
        const begin = pairs.slice(0, first);
        const known = new Set(begin.filter(Boolean));
        this.shares(kind, begin, index.common(known))
          .forEach((share, number) => raise(cut, number, share));
      }
      return [...common].map(([number, [weight]]) => {
        const [entry, total] = index.wordings[number];
        const likeness = Math.max(
          this.isNamed(number, own) ? weight / total : 0,
          cut.get(number) ?? 0,
        );
        const factor = kind && kind !== this.kinds[entry]
          ? rules.other_kind
          : 1;
        return [entry, likeness * factor, weight / total * weight * factor];
      });
    }

    // Which share of a message each wording has that may be all of it, Map of its
    // number. It must be nearly all of the message, and more where that lacks the
    // names in quotes, as it may be cut before them only. A message of a known kind
    // has its beginning, so the wording must have one of its first pairs.
    shares(kind, pairs, common) {
      const { rules, messages: index } = this;
      const known = new Set(pairs.filter(Boolean));
      let whole = pairs.filter((pair) => !pair).length * index.rarest;
      for (const { rare } of known) whole += rare;
      const begun = new Set();
      for (const pair of pairs.slice(0, rules.head_pairs)) {
        for (const [number] of pair?.places ?? []) begun.add(number);
      }
      const shares = new Map();
      for (const [number, [, own, count]] of common) {
        const [entry] = index.wordings[number];
        const least = kind === this.kinds[entry] ? 1 : rules.cut_pairs;
        const isNamed = this.isNamed(number, known);
        const cut = isNamed ? rules.cut : rules.cut_unnamed;
        if (
          count >= least && own >= cut * whole &&
          (!kind || begun.has(number))
        ) shares.set(number, own / whole);
      }
      return shares;
    }

    // Says whether pairs have a name in quotes of a wording, if it has any.
    isNamed(number, pairs) {
      const named = this.named[number];
      return !named.length || named.some((pair) => pairs.has(pair));
    }

    // The symptoms that a few words tell.
    inPlainWords(text) {
      const { rules, symptoms: index } = this, found = new Map();
      if (
        text.length > rules.plain_letters ||
        this.marked(text).some(({ kind }) => kind)
      ) return [];
      const known = index.reader(rules.unknown);
      const words = new Set(this.plain(text).flatMap(known));
      const own = [...words].map((word) => index.pair(word));
      const whole = own.reduce((n, w) => n + (w?.rare ?? index.rarest), 0);
      for (const [number, [weight]] of index.common(own.filter(Boolean))) {
        const [entry, total] = index.wordings[number];
        if (
          weight >= Math.max(rules.plain * total, rules.plain_share * whole)
        ) {
          raise(found, entry, weight);
        }
      }
      return ranked(found);
    }

    // The messages in lines, [{kind, lines}, ...]. They begin at lines that say of
    // what kind they are; or anywhere that has two words of an entry in a row.
    split(lines, anywhere) {
      const spare = lines.some(({ kind }) => kind); // what says of places
      return lines.flatMap(({ kind, isPlace, hasPair }, first) => {
        if (!kind && !(anywhere && hasPair && !(spare && isPlace))) return [];
        const most = Math.min(first + this.rules.lines, lines.length);
        let last = first + 1;
        while (last < most && !lines[last].kind) last++;
        return { kind, lines: lines.slice(first, last) };
      });
    }

    // The lines of a text, with the pairs of words in each, and before it, a pair
    // that no entry has undefined. Lines of the same words have the same id.
    read(text) {
      const { rules, messages: index } = this;
      const lines = this.marked(text);
      const known = index.reader(rules.unknown);
      // None of what is replaced goes over the end of a line.
      const all = lines.map((line) => line.text).join("\n").toLowerCase();
      const plain = replaced(all, rules.replace).split("\n");
      const seen = new Map(); // {text: {id, words}}
      let before;
      lines.forEach((line, k) => {
        let said = seen.get(plain[k]);
        const isLast = k === lines.length - 1;
        if (!said || isLast) {
          const words = (plain[k].match(rules.word) ?? []).flatMap(known);
          if (isLast && words.length) {
            words.push(index.completed(words.pop()));
          }
          said = { id: isLast ? -1 : seen.size, words };
          seen.set(plain[k], said);
        }
        const { id, words } = said;
        const pairs = words.map((word) => {
          const pair = index.pair(before, word);
          before = word;
          return pair;
        });
        const hasPair = pairs.slice(1).some(Boolean);
        Object.assign(line, { id, pairs, hasPair });
      });
      return lines;
    }

    // The lines of a text that are not empty, [{kind, isPlace, text}, ...]: the
    // kind of the message that begins there, and what follows it.
    marked(text) {
      const { noise, place, head } = this.rules;
      const lines = replaced(text, noise).split(/\r\n|\r|\n/)
        .filter((line) => line.trim());
      return lines.map((line) => {
        const isPlace = place.test(line);
        const begin = isPlace ? null : head.exec(line);
        if (!begin) return { kind: "", isPlace, text: line };
        const kind = this.knownKind(begin[1] ?? begin[2]);
        return {
          kind,
          isPlace,
          text: line.slice(begin.index + begin[0].length),
        };
      });
    }

    // The kind of an error; what stuck to its name is dropped.
    knownKind(name) {
      const kind = this.family(name);
      return this.kinds.filter((known) => kind.endsWith(known))
        .reduce((a, b) => b.length > a.length ? b : a, "") || kind;
    }

    // Warnings and lines of logs are one.
    family(kind) {
      return this.rules.warning.test(kind.toLowerCase()) ? "warning" : kind;
    }

    // The words of a message that each program has alike, in order.
    words(text) {
      const { replace, word } = this.rules;
      return replaced(text.toLowerCase(), replace).match(word) ?? [];
    }

    // The pairs of words of an entry, and how much each matters.
    weighed(text) {
      const { noise, sentence, fade, code: factor, advice } = this.rules;
      const own = replaced(text, noise);
      const code = this.quoted(own);
      const isCode = (word) => code.has(word) || word.includes("_");
      const end = this.words(own.split(sentence)[0]).length - 1;
      const weights = new Map();
      pairsOf(this.words(own)).forEach((pair, place) => {
        if (weights.has(pair)) return;
        const times = pair.split(" ").some(isCode) ? factor : 1;
        weights.set(pair, fade ** place * (place < end ? times : advice));
      });
      return weights;
    }

    // The pairs of words of an entry's first sentence that have a name in quotes.
    namesIn(text) {
      const [own] = replaced(text, this.rules.noise).split(this.rules.sentence);
      const names = this.quoted(own);
      return pairsOf(this.words(own))
        .filter((pair) => pair.split(" ").some((word) => names.has(word)));
    }

    // The words that stand in quotes, but for the names of objects.
    quoted(text) {
      const names = [...text.matchAll(this.rules.quoted)];
      return new Set(this.words(names.map(([, name]) => name ?? "").join(" ")));
    }

    // The words that matter in plain words, without their endings.
    plain(text) {
      const { negation, word, stop_words: stop, ending } = this.rules;
      const all = replaced(text.toLowerCase(), negation).match(word) ?? [];
      return all.filter((w) => !stop.has(w))
        .map((w) => w.length > 4 ? w.replace(ending, "") : w);
    }
  }

  globalThis.errorFinder = { Search };

  // -------------------------------------------------------------- the page

  function make(tag, name, ...children) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...children);
    return node;
  }

  function nameOf({ kind, texts: [text] }) {
    const cut = text.length > SHOWN
      ? `${text.slice(0, SHOWN).replace(/\s+\S*$/, "")} …`
      : text;
    return kind === SYMPTOM ? cut : `${kind}: ${cut}`;
  }

  function linkTo(entry) {
    const link = make("a", "error-link", nameOf(entry));
    link.href = `${entry.page}#${entry.node.id}`;
    return link;
  }

  function linksTo(entries) {
    return make("ul", "", ...entries.map((e) => make("li", "", linkTo(e))));
  }

  function answer(search, entries, text) {
    if (!text.trim()) return [];
    const { found, nearest } = search.search(text);
    const [first, ...others] = found.map((k) => entries[k]);
    if (first) {
      const about = first.node.querySelectorAll(
        ":scope > :not(.error-message)",
      );
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
    return [none, linksTo(nearest.map((k) => entries[k]))];
  }

  // The entries in a list, [{page, node, kind, texts}, ...]: the address of the
  // page that it is on, empty for this one.
  function entriesOf(list, page = "") {
    return [...list.querySelectorAll(".error-entry")].map((node) => {
      const texts = (name) =>
        [...node.querySelectorAll(name)].map((part) => part.textContent);
      const [symptom] = texts(".error-symptom");
      return symptom
        ? {
          page,
          node,
          kind: SYMPTOM,
          texts: [symptom, ...texts(".error-words")[0].split("; ")],
        }
        : {
          page,
          node,
          kind: texts(".error-kind")[0],
          texts: texts(".error-message > code"),
        };
    });
  }

  const NOT_LOADED = "The search did not load. Type once more to try again, " +
    "or look through the list below.";

  function start() {
    const form = document.querySelector(".error-finder");
    const [box, place] = [
      form.querySelector("textarea"),
      form.lastElementChild,
    ];
    let find = null, shown = "", waiting = 0, asked = false;
    const update = () => {
      if (box.value.trim()) ask();
      const parts = find?.(box.value) ?? [];
      const said = parts.map((part) => part.textContent).join("\n");
      if (said !== shown) place.replaceChildren(...parts); // spoken once
      shown = said;
    };
    // A script of the site brings the rules, and the messages of older versions,
    // which are on a page of their own, when the box is used: most readers of this
    // page do not need them. It works from a file as well.
    const ask = () => {
      if (asked) return;
      asked = true;
      const onerror = () => {
        find = (text) => text.trim() ? [make("p", "", NOT_LOADED)] : [];
        update();
        asked = false; // so what is typed next asks again
      };
      const src = form.dataset.script;
      document.head.append(Object.assign(make("script"), { src, onerror }));
    };
    globalThis.errorFinder.take = (rules, html, page) => {
      const list = new DOMParser().parseFromString(html, "text/html");
      const entries = [...entriesOf(document), ...entriesOf(list, page)];
      const search = new Search(rules, entries);
      find = (text) => answer(search, entries, text);
      form.dataset.ready = "";
      update();
    };
    box.addEventListener("focus", ask);
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
