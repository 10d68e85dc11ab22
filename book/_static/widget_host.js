// The widget host: brings the widgets that a page embeds to life, without a
// kernel. It reads the saved state, makes a native control of each widget that
// it knows, ties linked traits together, and runs anywidget modules by their
// public contract. The build checks that a page holds nothing else.
"use strict";
(() => {
  // Where this does not come, the style sheet shows the static forms.
  document.documentElement.dataset.hosted = "";

  // ---- models: what a widget knows, and who wants to hear of changes

  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = new Map();
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (this.state[name] === value) return;
      this.state[name] = value;
      for (const event of [`change:${name}`, "change"]) {
        for (const heard of [...(this.listeners.get(event) ?? [])]) heard();
      }
    }
    save_changes() {} // there is no kernel to save to
    send() {}
    on(events, heard) {
      for (const event of events.split(" ")) {
        if (!this.listeners.has(event)) this.listeners.set(event, new Set());
        this.listeners.get(event).add(heard);
      }
    }
    off(events, heard) {
      for (const event of events?.split(" ") ?? this.listeners.keys()) {
        if (heard) this.listeners.get(event)?.delete(heard);
        else this.listeners.delete(event);
      }
    }
  }

  function tie(from, name, to, otherName) {
    const copy = () => to.set(otherName, from.get(name));
    from.on(`change:${name}`, copy);
    copy();
  }

  // ---- views: a native element for each kind of widget

  let labels = 0;

  function labelled(model, control) {
    const row = document.createElement("div");
    const label = document.createElement("label");
    label.textContent = model.get("description");
    label.htmlFor = control.id = `widget-${++labels}`;
    row.className = "widget-row";
    row.append(label, control);
    return row;
  }

  function slider(model) {
    const options = model.get("_options_labels");
    const input = document.createElement("input");
    const value = document.createElement("output");
    Object.assign(input, { type: "range", min: 0, max: options.length - 1 });
    const show = () => {
      input.value = model.get("index");
      value.textContent = options[model.get("index")];
      // A screen reader is to say the value, not its position.
      input.setAttribute("aria-valuetext", value.textContent);
    };
    input.addEventListener(
      "input",
      () => model.set("index", Number(input.value)),
    );
    model.on("change:index", show);
    const row = labelled(model, input);
    row.classList.add("widget-slider");
    value.htmlFor = input.id;
    row.insertBefore(value, input);
    show();
    return row;
  }

  function menu(model) {
    const select = document.createElement("select");
    for (const text of model.get("_options_labels")) {
      select.add(new Option(text));
    }
    const show = () => (select.selectedIndex = model.get("index"));
    select.addEventListener(
      "change",
      () => model.set("index", select.selectedIndex),
    );
    model.on("change:index", show);
    show();
    return labelled(model, select);
  }

  const box = (className) => (model, view) => {
    const element = document.createElement("div");
    element.className = className;
    element.append(...model.get("children").map(view));
    return element;
  };

  function anywidget(model) {
    const element = document.createElement("div");
    const module = globalThis.bookWidgets[model.get("_module")];
    module.initialize?.({ model });
    model.leave = module.render({ model, el: element });
    return element;
  }

  const VIEWS = {
    AnyModel: anywidget,
    DropdownModel: menu,
    HBoxModel: box("widget-hbox"),
    SelectionSliderModel: slider,
    VBoxModel: box("widget-vbox"),
  };

  // ---- a place on the page: read its state, tie the links, show the view

  function resolve(value, models) {
    if (typeof value === "string" && value.startsWith("IPY_MODEL_")) {
      return models.get(value.slice("IPY_MODEL_".length));
    }
    return Array.isArray(value) ? value.map((v) => resolve(v, models)) : value;
  }

  function modelsOf(states) {
    const models = new Map();
    for (const [id, { kind, state }] of Object.entries(states)) {
      // A copy: the state of the page stays as it was saved.
      models.set(id, Object.assign(new Model({ ...state }), { kind }));
    }
    for (const model of models.values()) {
      // Only these refer to other models: the rest is data and stays as it is.
      for (const name of ["children", "source", "target"]) {
        if (name in model.state) {
          model.state[name] = resolve(model.state[name], models);
        }
      }
    }
    for (const model of models.values()) {
      if (!model.kind.endsWith("LinkModel")) continue;
      const [source, target] = [model.get("source"), model.get("target")];
      tie(...source, ...target);
      if (model.kind === "LinkModel") tie(...target, ...source);
    }
    return models;
  }

  const view = (model) => VIEWS[model.kind](model, view);
  const shown = new WeakMap(); // the models of a place

  function show(place, states) {
    const live = document.createElement("div");
    live.className = "widget-live";
    const models = modelsOf(states);
    live.append(view(models.get(place.dataset.widget)));
    for (const model of shown.get(place)?.values() ?? []) model.leave?.();
    place.querySelector(".widget-live")?.remove();
    place.append(live);
    place.classList.add("widget-ready");
    shown.set(place, models);
  }

  // What a page's own script needs to put another state in a place.
  globalThis.bookHost = { show, modelsIn: (place) => shown.get(place) };

  function showSaved(place) {
    try {
      show(place, globalThis.bookStates[place.dataset.widget]);
    } catch (error) {
      place.classList.add("widget-failed"); // its static form is shown instead
      console.error(error);
    }
  }

  // ---- the page: one widget after another

  // Each state is read, and each widget built, in a task of its own, so that
  // the page can answer between two.
  function bring([place, ...others]) {
    if (!place) return;
    const build = () =>
      setTimeout(() => {
        showSaved(place);
        bring(others);
      });
    if (globalThis.bookStates?.[place.dataset.widget]) {
      build(); // it came with the one before
      return;
    }
    const script = document.createElement("script");
    script.onload = script.onerror = build;
    script.src = place.dataset.state;
    document.head.append(script);
  }
  bring([...document.querySelectorAll("[data-widget]")]);
})();
