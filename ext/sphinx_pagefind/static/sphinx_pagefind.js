// @ts-check
// The search page: asks Pagefind for entries first and pages after them, and shows what it answers.

const PAGE = 20;
/** As in tokens.py: the length of an indexed word of Chinese. */
const LONGEST = 8;
const HAN = /[\u3400-\u4dbf\u4e00-\u9fff\u{20000}-\u{3ffff}]+/gu;

const form = /** @type {HTMLFormElement} */ (document.querySelector(".pagefind-form"));
const box = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
const chosen = /** @type {HTMLElement} */ (form.querySelector(".pagefind-filters"));
const help = /** @type {HTMLElement} */ (document.querySelector(".pagefind-help"));
const status = /** @type {HTMLElement} */ (document.querySelector(".pagefind-status"));
const list = /** @type {HTMLElement} */ (document.querySelector(".pagefind-results"));
const say = list.dataset;

/**
 * Cut a query as the index was cut: Chinese into parts of the length of its words.
 * @param {string} query
 */
const cut = (query) => {
  const plain = query.normalize("NFKC").toLowerCase();
  const spaced = plain.replace(HAN, (run) => ` ${(run.match(new RegExp(`.{1,${LONGEST}}`, "gu")) || []).join(" ")} `);
  return spaced.split(/[^\p{L}\p{N}'’.+-]+/u).filter(Boolean);
};

/** @param {string} tag @param {string} name @param {string} text @param {string} [lang] */
const make = (tag, name, text, lang) => {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  if (lang) {
    element.lang = lang;
    element.dir = "auto";
  }
  return element;
};

/** @param {any} found */
const item = (found) => {
  const { title, titleLang, second, secondLang, where, kind, href } = found.meta;
  const element = document.createElement("li");
  element.dataset.kind = kind;
  const link = /** @type {HTMLAnchorElement} */ (make("a", "pagefind-title", title, titleLang));
  link.href = say.root + href;
  element.append(link);
  if (second) {
    element.append(make("span", "pagefind-second", second, secondLang));
  }
  element.append(make("span", "pagefind-where", [say[kind], where].filter(Boolean).join(" · ")));
  return element;
};

/**
 * Where nothing begins with a word, Pagefind tries ever shorter beginnings of it, until it is another word.
 * Chinese must stand whole; of other words, which may be inflected, three fifths must.
 * @param {any} found @param {string[]} words
 */
const holds = (found, words) => {
  const content = ` ${found.raw_content.toLowerCase()}`;
  return words.every((word) => {
    const needed = word.match(HAN) ? word.length : Math.max(Math.min(3, word.length), Math.ceil(word.length * 0.6));
    return content.includes(` ${word.slice(0, needed)}`);
  });
};

const wanted = () => {
  /** @type {Record<string, string>} */
  const filters = {};
  for (const select of chosen.querySelectorAll("select")) {
    if (select.value) {
      filters[select.name] = select.value;
    }
  }
  return filters;
};

/** @param {Record<string, Record<string, number>>} known */
const offer = (known) => {
  for (const [name, values] of Object.entries(known)) {
    const label = document.createElement("label");
    label.textContent = say[`filter${name[0].toUpperCase()}${name.slice(1)}`] || name;
    const select = document.createElement("select");
    select.name = name;
    select.append(new Option(say.all, ""));
    for (const [value, count] of Object.entries(values).sort((one, two) => two[1] - one[1])) {
      select.append(new Option(`${(name === "kind" && say[value]) || value} (${count})`, value));
    }
    label.append(select);
    chosen.append(label);
  }
  chosen.hidden = false;
};

let latest = 0;

/** @param {any} pagefind */
const search = async (pagefind) => {
  const turn = ++latest;
  const words = cut(box.value);
  const filters = wanted();
  const address = new URL(location.href);
  address.searchParams.set("q", box.value);
  history.replaceState(null, "", address);
  if (!words.length) {
    list.replaceChildren();
    status.textContent = "";
    return;
  }
  const kinds = filters.kind ? [filters.kind] : ["entry", "page"];
  const answers = await Promise.all(
    kinds.map((kind) => pagefind.search(words.join(" "), { filters: { ...filters, kind } })),
  );
  const results = answers.flatMap((answer) => answer.results);
  /** @param {number} from */
  const show = async (from) => {
    const loaded = await Promise.all(results.slice(from, from + PAGE).map((result) => result.data()));
    if (turn !== latest) {
      return;
    }
    const kept = loaded.filter((found) => holds(found, words)).map(item);
    if (from === 0) {
      list.replaceChildren(...kept);
      status.textContent = kept.length
        ? say.results.replace("{count}", String(results.length - loaded.length + kept.length))
        : say.none;
    } else {
      list.append(...kept);
    }
    document.querySelector(".pagefind-more")?.remove();
    if (from + PAGE < results.length) {
      const more = make("button", "pagefind-more", say.more);
      more.addEventListener("click", () => show(from + PAGE));
      list.after(more);
    }
  };
  await show(0);
  list.dataset.answered = box.value;
};

const start = async () => {
  const pagefind = await import(new URL(say.bundle, document.baseURI).href);
  await pagefind.options({ baseUrl: "/", excerptLength: 1 });
  await pagefind.init();
  help.hidden = true;
  offer(await pagefind.filters());
  // What was typed while Pagefind loaded counts for more than the address.
  box.value ||= new URLSearchParams(location.search).get("q") || "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(pagefind);
  });
  box.addEventListener("input", () => search(pagefind));
  chosen.addEventListener("change", () => search(pagefind));
  box.focus();
  await search(pagefind);
};

start();
