/* Reading aids for reference blocks: filter, sort, marks, copying, keys, cards.
   The lists are whole without this file; it adds, and takes away only what a reader asks to hide.
   All words come from the page's template, in the page's language. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const template = document.getElementById("refblock-tools");
  if (!template) return;
  const words = JSON.parse(template.dataset.words);
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
  const part = (name) => template.content.querySelector(`.refblock-${name}`).cloneNode(true);
  const keep = {
    get: (name) => {
      try {
        return JSON.parse(localStorage.getItem(`refblock-${name}`));
      } catch {
        return null;
      }
    },
    set: (name, value) => {
      try {
        localStorage.setItem(`refblock-${name}`, JSON.stringify(value));
      } catch {
        /* A browser may forbid it; marks then last as long as the page. */
      }
    },
  };

  /* ---- Entries ---- */

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const named = (element) => element.dataset.name || element.textContent;
  const choice = (element) => ({ text: element.dataset.label || element.textContent, lang: element.lang });
  const items = all("ol.refblock > .refblock-entry").map((li, place) => {
    const texts = (selector) => all(selector, li).map((element) => element.textContent);
    const spelled = li.dataset.pinyin || "";
    const kind = li.dataset.kind;
    return {
      li,
      place,
      list: li.parentElement,
      key: li.dataset.key,
      text: plain([li.dataset.key, words.kinds[kind], ...texts(".refblock-title,.refblock-parallel,.refblock-meta>*,.refblock-about")].join("\n")),
      spelled,
      sounds: spelled.toLowerCase(),
      initials: spelled.replace(/[^A-Z ]/g, "").toLowerCase(),
      topic: new Map(all(".refblock-topic", li).map((element) => [named(element), choice(element)])),
      host: new Map(all(".refblock-host", li).map((element) => [named(element), choice(element)])),
      kind: new Map([[kind, { text: words.kinds[kind] || kind }]]),
      badge: new Map(
        all(".refblock-badge", li).map((element) => [/refblock-badge-([a-z-]+)/.exec(element.className)[1], choice(element)]),
      ),
      year: texts(".refblock-year")[0] || "",
      title: texts(".refblock-title")[0],
    };
  });
  /* From about here on, laying all entries out again takes more than a frame. */
  const LONG = 150;
  const keys = new Set(items.map((item) => item.key));

  /* A word is found as it stands, or in the pinyin of a title, from the start of a syllable, or in its initials. */
  const sounds = (item, typed) => {
    const word = typed.replace(/(?<=[ln])v/g, "u");
    if (item.initials.includes(word) && word.length > 1) return true;
    for (let at = item.sounds.indexOf(word); at >= 0; at = item.sounds.indexOf(word, at + 1)) {
      if (item.spelled[at] !== item.sounds[at]) return true;
    }
    return false;
  };
  const has = (item, word) => item.text.includes(word) || (/^[a-z]+$/.test(word) && sounds(item, word));

  /* ---- Marks of what has been read ---- */

  /* Another site of this host may keep something else under the name. */
  const kept = (otherwise) => {
    const found = keep.get("read");
    return new Set(Array.isArray(found) ? found : otherwise);
  };
  let read = kept([]);
  const mark = (key, on) => {
    read = kept(read);
    on ? read.add(key) : read.delete(key);
    keep.set("read", [...read].sort());
    showMarks();
  };
  const showMarks = () => {
    for (const { li, key, button } of items) {
      button?.setAttribute("aria-pressed", read.has(key));
      li.classList.toggle("refblock-read", read.has(key));
    }
    const done = [...keys].filter((key) => read.has(key)).length;
    const progress = tools.querySelector(".refblock-progress");
    progress.textContent = say("progress", { read: done, all: keys.size });
    progress.hidden = !done;
    if (state.read) apply();
  };

  /* ---- What is shown: in the page's address, so that it can be shared ---- */

  const FACETS = ["topic", "kind", "host", "badge"];
  const CHOICES = ["sort", "titles", "read"];
  const state = {};
  const load = () => {
    const query = new URLSearchParams(location.search);
    state.filter = query.get("filter") || "";
    for (const name of FACETS) state[name] = new Set(query.getAll(name));
    for (const name of CHOICES) state[name] = query.get(name) || "";
  };
  const save = (method) => {
    const query = new URLSearchParams(location.search);
    for (const name of ["filter", ...FACETS, ...CHOICES]) {
      query.delete(name);
      for (const value of FACETS.includes(name) ? state[name] : [state[name]]) if (value) query.append(name, value);
    }
    const search = query.toString() ? `?${query}` : "";
    if (search !== location.search) history[method](null, "", `${location.pathname}${search}${location.hash}`);
  };

  const isShown = (item, typed) =>
    typed.every((word) => has(item, word)) &&
    FACETS.every((name) => !state[name].size || [...item[name].keys()].some((value) => state[name].has(value))) &&
    (!state.read || (state.read === "yes") === read.has(item.key));

  const apply = () => {
    const typed = plain(state.filter).split(/\s+/).filter(Boolean);
    const seen = new Set();
    const lists = new Set();
    for (const item of items) {
      const shown = isShown(item, typed);
      if (item.li.hidden === shown) item.li.hidden = !shown;
      if (shown) seen.add(item.key), lists.add(item.list);
    }
    for (const { element, lists: own } of sections) element.hidden = !own.some((list) => lists.has(list));
    tools.querySelector(".refblock-count").textContent = say(seen.size ? "count" : "none", { shown: seen.size, all: keys.size });
    tools.classList.toggle("refblock-narrowed", seen.size < keys.size);
  };

  /* Sections that hold nothing but lists go with their lists. */
  const holdsLists = (section) =>
    [...section.children].every(
      (child) => child.matches("h2, h3, h4, h5, h6, span, ol.refblock, .refblock-exports") || (child.matches("section") && holdsLists(child)),
    );
  const sections = all("section")
    .map((element) => ({ element, lists: all("ol.refblock", element) }))
    .filter(({ element, lists }) => lists.length && holdsLists(element));

  const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });
  const siteOf = (item) => [...item.host.values()][0]?.text || "\uffff";
  const ORDERS = {
    "": (one, two) => one.place - two.place,
    title: (one, two) => collator.compare(one.title, two.title),
    year: (one, two) => two.year.localeCompare(one.year),
    host: (one, two) => collator.compare(siteOf(one), siteOf(two)),
  };
  let sorted = "";
  const sort = () => {
    if (state.sort === sorted || !(state.sort in ORDERS)) return;
    sorted = state.sort;
    const order = [...items].sort(ORDERS[sorted]);
    for (const item of order) item.list.append(item.li);
  };

  /* In the original only, the original title bears the link. */
  const swapped = new Set();
  const showTitles = () => {
    document.documentElement.dataset.refblockTitles = state.titles;
    for (const { li } of items) {
      const original = li.querySelector(".refblock-parallel.refblock-original, .refblock-swapped");
      if (!original || swapped.has(li) === (state.titles === "original")) continue;
      const title = li.querySelector(".refblock-title");
      [title.textContent, original.textContent] = [original.textContent, title.textContent];
      [title.lang, original.lang] = [original.lang, title.lang];
      original.classList.toggle("refblock-swapped");
      swapped.has(li) ? swapped.delete(li) : swapped.add(li);
    }
  };

  const render = () => {
    tools.querySelector(".refblock-filter").value = state.filter;
    for (const box of all("input[type=checkbox]", tools)) box.checked = state[box.name].has(box.value);
    for (const name of CHOICES) tools.elements[name].value = state[name];
    sort();
    showTitles();
    apply();
  };

  /* ---- Taking one entry along ---- */

  const FORMATS = {
    bib: (text, key) => {
      const start = text.search(new RegExp(`^@\\w+\\{${key.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")},`, "m"));
      return start < 0 ? "" : text.slice(start, text.indexOf("\n}", start) + 3);
    },
    ris: (text, key) => {
      const found = text.split(/^ER {2}- *\r?\n/m).find((record) => record.split(/\r?\n/).includes(`ID  - ${key}`));
      return found ? `${found.trimStart()}ER  - \r\n` : "";
    },
    json: (text, key) => JSON.stringify(JSON.parse(text).filter((record) => record.id === key), null, 2),
  };
  let format = keep.get("format") in FORMATS ? keep.get("format") : "bib";
  const files = new Map();
  const fetched = (address) => {
    if (!files.has(address)) {
      files.set(address, fetch(address).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status))));
    }
    return files.get(address);
  };
  const download = (name, text, type) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const take = async (item, how) => {
    const address = `${item.list.dataset.exports}.${format}`;
    let text;
    try {
      text = FORMATS[format](await fetched(address), item.key);
    } catch {
      /* A page opened from a disk may not ask for files: the block's own file is offered instead. */
      location.assign(address);
      return;
    }
    if (how === "save") {
      download(`${item.key.replace(/[^\w.-]/g, "-")}.${format}`, text, "text/plain");
      return;
    }
    try {
      await navigator.clipboard.writeText(text);
      announce(say("copied", { key: item.key }));
    } catch {
      const dialog = opened("copy");
      const area = dialog.querySelector("textarea");
      area.value = text;
      area.select();
    }
  };

  /* ---- Dialogs and announcements ---- */

  const opened = (name) => {
    let dialog = document.querySelector(`dialog.refblock-${name}`);
    if (!dialog) document.body.append((dialog = part(name)));
    dialog.querySelector("button").onclick = () => dialog.close();
    dialog.showModal();
    return dialog;
  };
  let voice;
  const announce = (text) => {
    voice.textContent = text;
    clearTimeout(announce.timer);
    announce.timer = setTimeout(() => (voice.textContent = ""), 4000);
  };

  /* ---- The bar above the lists ---- */

  let tools = null;
  /* What is shown comes first: a browser may refuse to keep an address that changes too often. */
  const choose = () => {
    render();
    save("pushState");
  };
  const widen = (method) => {
    for (const name of FACETS) state[name].clear();
    state.filter = state.read = "";
    render();
    save(method);
  };
  /* One step back undoes what was typed in one go. */
  let typing = false;
  const facet = (name) => {
    const values = new Map();
    const counts = new Map();
    for (const item of new Map(items.map((each) => [each.key, each])).values()) {
      for (const [value, shown] of item[name]) {
        values.set(value, shown);
        counts.set(value, (counts.get(value) || 0) + 1);
      }
    }
    const fieldset = tools.querySelector(`.refblock-facet-${name}`);
    if (values.size < 2) return fieldset.remove();
    const byCount = [...values].sort(([one], [two]) => counts.get(two) - counts.get(one));
    for (const [value, { text, lang }] of byCount) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name, value });
      const word = Object.assign(document.createElement("span"), { textContent: text });
      if (lang) word.lang = lang;
      const count = Object.assign(document.createElement("small"), { textContent: counts.get(value) });
      box.onchange = () => {
        box.checked ? state[name].add(value) : state[name].delete(value);
        choose();
      };
      label.append(box, word, " ", count);
      fieldset.append(label);
    }
  };
  const build = () => {
    tools = part("bar");
    for (const name of FACETS) facet(name);
    const input = tools.querySelector(".refblock-filter");
    input.oninput = () => {
      state.filter = input.value;
      apply();
      save(typing ? "replaceState" : "pushState");
      typing = true;
    };
    input.onblur = () => (typing = false);
    for (const name of CHOICES) {
      tools.elements[name].onchange = (event) => {
        state[name] = event.target.value;
        choose();
      };
    }
    tools.elements.format.value = format;
    tools.elements.format.onchange = (event) => {
      format = event.target.value;
      keep.set("format", format);
      showFormat();
    };
    tools.onsubmit = (event) => event.preventDefault();
    tools.onclick = (event) => DEEDS[event.target.dataset.do]?.();
    tools.querySelector("input[type=file]").onchange = async (event) => {
      try {
        const keys = JSON.parse(await event.target.files[0].text())["refblock-read"];
        read = new Set([...kept(read), ...keys.map(String)]);
        keep.set("read", [...read].sort());
        announce(say("imported", { number: keys.length }));
      } catch {
        announce(say("unreadable"));
      }
      event.target.value = "";
      showMarks();
    };
    voice = tools.querySelector(".refblock-voice");

    for (const list of all("ol.refblock:not(.refblock-unnumbered)")) {
      let number = list.start;
      for (const li of list.children) li.value = number++;
    }
    const lists = all("ol.refblock");
    if (items.length > LONG) lists.forEach((list) => list.classList.add("refblock-long"));
    let around = lists[0].parentElement;
    while (!lists.every((list) => around.contains(list))) around = around.parentElement;
    const before = [...around.children].find((child) => child.contains(lists[0]));
    around.insertBefore(tools, before);
    tools.querySelector("details").open = FACETS.some((name) => state[name].size);
  };
  const showFormat = () => {
    for (const element of all(".refblock-format")) element.textContent = words.formats[format];
  };
  const act = () => {
    const actions = template.content.querySelector(".refblock-actions");
    for (const item of items) {
      const own = actions.cloneNode(true);
      item.button = own.firstElementChild;
      if (!item.list.dataset.exports) all("[data-do]:not([data-do=mark])", own).forEach((button) => button.remove());
      item.li.append(own);
      own.onclick = (event) => {
        const deed = event.target.closest("button")?.dataset.do;
        if (deed === "mark") mark(item.key, !read.has(item.key));
        else if (deed) take(item, deed);
      };
    }
    showFormat();
  };
  const DEEDS = {
    clear: () => {
      widen("pushState");
      tools.querySelector(".refblock-filter").focus();
    },
    help: () => {
      const box = opened("help").querySelector("input");
      box.checked = keep.get("keys") !== false;
      box.onchange = () => keep.set("keys", box.checked);
    },
    export: () => download("read.json", `${JSON.stringify({ "refblock-read": [...read].sort() })}\n`, "application/json"),
    import: () => tools.querySelector("input[type=file]").click(),
  };

  /* ---- Keys: never while something is typed, and not at all where a reader has turned them off ---- */

  const step = (by) => {
    const shown = all("ol.refblock > .refblock-entry:not([hidden])").filter((li) => li.offsetParent);
    const here = shown.indexOf(document.activeElement?.closest?.(".refblock-entry"));
    const next = shown[here < 0 ? (by > 0 ? 0 : shown.length - 1) : here + by];
    const target = next?.querySelector("a.refblock-title, button");
    target?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const KEYS = {
    "/": () => {
      tools.scrollIntoView({ block: "nearest" });
      tools.querySelector(".refblock-filter").select();
    },
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const key = document.activeElement?.closest?.(".refblock-entry")?.dataset.key;
      if (key) mark(key, !read.has(key));
    },
    "?": DEEDS.help,
  };
  const listen = () => {
    document.addEventListener(
      "keydown",
      (event) => {
        /* The element itself, also within a component of others that hides its inside. */
        const from = event.composedPath()[0];
        const taken = from.isContentEditable || from.closest?.("input:not([type=checkbox]), textarea, select, dialog");
        if (event.key === "Escape" && event.target.matches?.(".refblock-filter") && event.target.value) {
          event.preventDefault();
          event.target.value = "";
          event.target.oninput();
        }
        if (taken || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        if (!Object.hasOwn(KEYS, event.key) || keep.get("keys") === false) return;
        event.preventDefault();
        /* Sphinx has a "/" of its own, for the search of the whole site. */
        event.stopImmediatePropagation();
        KEYS[event.key]();
      },
      true,
    );
    addEventListener("popstate", () => {
      typing = false;
      load();
      render();
    });
    /* Whoever follows a link to what is hidden gets to see it; a step back, and it is hidden again. */
    addEventListener("hashchange", () => {
      const target = document.querySelector(":target");
      if (!target?.closest(".refblock-entry[hidden], section[hidden]")) return;
      widen("replaceState");
      target.scrollIntoView();
    });
    addEventListener("storage", (event) => {
      if (event.key && event.key !== "refblock-read") return;
      read = kept([]);
      showMarks();
    });
  };

  /* ---- Cards for citations in prose ---- */

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  let card = null;
  let wait = 0;
  const hide = () => {
    clearTimeout(wait);
    card?.remove();
    card = null;
  };
  const show = (link) => {
    if (card?.link === link) return clearTimeout(wait);
    const key = decoded(link.hash).slice("#ref-".length);
    const stored = document.getElementById("refblock-cards")?.content.children;
    const source = [...(stored || [])].find((each) => each.dataset.key === key);
    if (!source) return;
    hide();
    card = Object.assign(document.createElement("span"), { className: "refblock-card", link });
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", say("card"));
    card.append(...source.cloneNode(true).children);
    const more = Object.assign(document.createElement("a"), { href: link.href, textContent: say("entry"), className: "refblock-more" });
    card.append(more);
    link.after(card);
    const box = card.getBoundingClientRect();
    const over = box.right - document.documentElement.clientWidth + 8;
    if (over > 0) card.style.marginInlineStart = `${-over}px`;
    if (box.bottom > innerHeight && box.height < link.getBoundingClientRect().top) card.classList.add("refblock-above");
  };
  const leave = () => {
    clearTimeout(wait);
    wait = setTimeout(hide, 250);
  };
  for (const link of all(".bibtex-citation a[href*='#ref-']")) {
    link.removeAttribute("title");
    let touched = false;
    link.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch" && card?.link !== link;
    });
    link.addEventListener("click", (event) => {
      if (!touched) return;
      event.preventDefault();
      show(link);
    });
    link.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && show(link));
    link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
  }
  const isAround = (target) => card && (card.contains(target) || card.link.contains(target));
  document.addEventListener("pointerover", (event) => {
    if (card && event.pointerType !== "touch") isAround(event.target) ? clearTimeout(wait) : card.contains(document.activeElement) || leave();
  });
  document.addEventListener("pointerdown", (event) => isAround(event.target) || hide());
  document.addEventListener("focusin", (event) => isAround(event.target) || hide());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !card) return;
    if (card.contains(document.activeElement)) card.link.focus();
    hide();
  });

  if (keys.size >= Number(template.dataset.least)) {
    load();
    build();
    act();
    listen();
    render();
    showMarks();
  }
})();
